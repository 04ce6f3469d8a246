/** What a page of someone who is signed in is told, by the name of the event. */
export type ServerEvents = {
  /** Look again at what is open: by a course, by a membership; both null: by anything. */
  rightsChanged: { courseId: string | null; planId: string | null }
  orderChanged: { orderId: string }
  /** This player plays now, and no other. */
  playerChanged: { playerId: string }
}
