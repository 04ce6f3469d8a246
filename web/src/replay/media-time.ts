/** The place in a replay and the media time of its class: they part where something is not recorded. */
export type Run = { positionMs: number; mediaMs: number }

/** `runs` are in the order of both; the first begins the video. */
export function mediaTimeAt(runs: readonly Run[], positionMs: number): number {
  const run = runs.findLast((each) => each.positionMs <= positionMs) ?? runs[0]
  return run ? run.mediaMs + (positionMs - run.positionMs) : positionMs
}

/** Where one finds this media time; what is not recorded is where the video goes on. */
export function positionOf(runs: readonly Run[], mediaMs: number): number {
  const index = runs.findLastIndex((each) => each.mediaMs <= mediaMs)
  const run = runs[index]
  if (!run) return 0
  const next = runs[index + 1]
  const position = run.positionMs + (mediaMs - run.mediaMs)
  return next ? Math.min(position, next.positionMs) : position
}
