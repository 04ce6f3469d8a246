/** Where the storage has the broadcast of a class; known to who makes it and to who serves it. */

export const broadcastFolder = (lessonId: string) => `broadcasts/${lessonId}`
/** Of what is made of it as a whole. */
export const filesFolder = (lessonId: string) => `${broadcastFolder(lessonId)}/files`
export const initKey = (lessonId: string, rendition: string, init: number) =>
  `${broadcastFolder(lessonId)}/${rendition}/init-${init}.mp4`
export const segmentKey = (lessonId: string, rendition: string, msn: number) =>
  `${broadcastFolder(lessonId)}/${rendition}/${msn}.m4s`
