/** The look of the smaller picture in the corner of a stage: the camera beside the board, or the other way round. */
export const insetClasses =
  'absolute end-3 top-3 aspect-video w-1/4 min-w-28 max-w-64 overflow-hidden rounded-control border border-stage-line bg-stage shadow-raised'
