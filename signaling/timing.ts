/** How long the classroom waits for what, in milliseconds. */
export type Timing = {
  /** How long a lost socket's place and media are kept. */
  resumeGraceMs: number
  /** How long a peer has to resume a consumer before it is offered again. */
  offerTimeoutMs: number
  /** How long a teacher may be gone before the class is paused. */
  teacherGoneMs: number
  /** How often a room compares itself with the lesson, and says that it is being served. */
  reconcileMs: number
  /** How long an empty room is kept, so that a reload of its only peer does not rebuild it. */
  emptyRoomMs: number
}

export const defaultTiming: Timing = {
  resumeGraceMs: 20_000,
  offerTimeoutMs: 10_000,
  teacherGoneMs: 3000,
  reconcileMs: 10_000,
  emptyRoomMs: 5000,
}
