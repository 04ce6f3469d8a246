/** Tickets into rooms. One may be asked for while the page is still on its way; it opens one socket, once. */
import type { TicketAnswer } from '../../../src/entitlements/schema.ts'
import { api, session } from './api.ts'

/** Well within the life of a ticket. */
const FRESH_MS = 20_000

let ahead: { lessonId: string; answer: Promise<TicketAnswer>; askedAt: number } | null = null

/** Asks ahead, where somebody is signed in and about to enter. */
export function askAhead(lessonId: string): void {
  if (session.view.get().status !== 'signed_in') return
  const answer = api.ticket(lessonId)
  answer.catch(() => {})
  ahead = { lessonId, answer, askedAt: Date.now() }
}

/** The ticket that was asked for ahead, or else a new one. */
export async function takeTicket(lessonId: string): Promise<TicketAnswer> {
  const asked = ahead
  ahead = null
  if (asked?.lessonId !== lessonId || Date.now() - asked.askedAt > FRESH_MS) return api.ticket(lessonId)
  return asked.answer.catch(() => api.ticket(lessonId))
}
