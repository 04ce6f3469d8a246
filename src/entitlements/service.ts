/** Who may enter which room, and as what: signs the tickets that the classroom trusts. */
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { signTicket } from '../../signaling/ticket.ts'
import type { Lesson } from '../courses/schema.ts'
import type { LessonService } from '../courses/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { IceServer, TicketAnswer } from './schema.ts'

export type EntitlementsDeps = {
  lessons: Pick<LessonService, 'get' | 'roleIn'>
  secret: Uint8Array
  now: () => number
  ticketTtlSeconds: number
  iceServers: IceServer[]
  /** The address of a room's socket: a path on this server. */
  signalingPath: (lessonId: string) => string
}

export type Entitlements = ReturnType<typeof createEntitlements>

export function createEntitlements(deps: EntitlementsDeps) {
  return {
    /** Throws `not_open_yet` for students before the lobby, and `lesson_ended` for everyone after the end. */
    ticketFor: (user: SignedInUser, lessonId: string) => ticketFor(deps, user, lessonId),
  }
}

async function ticketFor(deps: EntitlementsDeps, user: SignedInUser, lessonId: string): Promise<TicketAnswer> {
  const { lessons, secret, now, ticketTtlSeconds, iceServers, signalingPath } = deps
  const lesson = await lessons.get(lessonId)
  const role = await lessons.roleIn(user, lesson)
  checkOpen(lesson, role, now())
  const ticket = {
    roomId: lesson.id,
    person: { peerId: user.id, displayName: user.displayName, role },
    sessionId: user.sessionId,
    tier: 'interactive' as const,
  }
  return {
    url: signalingPath(lesson.id),
    ticket: await signTicket(ticket, secret, ticketTtlSeconds, now()),
    expiresInSeconds: ticketTtlSeconds,
    iceServers,
    tier: ticket.tier,
  }
}

function checkOpen({ status, lobbyOpensAt }: Lesson, role: Role, now: number): void {
  if (status === 'ended') throw new AppError('lesson_ended', 'this lesson has ended')
  if (status === 'scheduled' && role === 'student' && now < lobbyOpensAt)
    throw new AppError('not_open_yet', 'the lobby of this lesson is not open yet')
}
