/** Who may enter, watch and read what, and why: answers the one question, and signs the tickets that the classroom trusts. */
import type { Db } from '../../db/client.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { signTicket, type Ticket } from '../../signaling/ticket.ts'
import type { Lesson } from '../courses/schema.ts'
import type { LessonService } from '../courses/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import { announceGranted, announceRevoked, type RightsChange } from './grants.ts'
import { leaseHolder, releaseLease, renewLease, takeLease } from './lease.ts'
import { createPlayers, type Player } from './players.ts'
import { type Action, demand, mayI, type Thing, type Viewer } from './rights.ts'
import { callRoll, type Place } from './roll-call.ts'
import type { IceServer, TicketAnswer } from './schema.ts'
import { beginTrial } from './trials.ts'
import { type Turn, turnServerFor } from './turn.ts'
import { membershipsOf, viewOf } from './view.ts'

export type EntitlementsDeps = {
  db: Db
  bus: Bus
  lessons: Pick<LessonService, 'get' | 'roleIn'>
  secret: Uint8Array
  now: () => number
  ticketTtlSeconds: number
  iceServers: IceServer[]
  /** Undefined: there is no TURN server but those among the former. */
  turn?: Turn | undefined
  /** The address of a room's socket: a path on this server. */
  signalingPath: (lessonId: string) => string
  /** What the picture of this person is marked with, where the teacher wants that. */
  watermarkOf: (userId: string) => Promise<string>
}

export type Entitlements = ReturnType<typeof createEntitlements>

export function createEntitlements(deps: EntitlementsDeps) {
  const demandPlayer = createPlayers(deps)
  return {
    mayI: (viewer: Viewer | null, action: Action, thing: Thing) => mayI(deps, viewer, action, thing),
    /** Throws the code of a refusal; a trial is no refusal. */
    demand: (viewer: Viewer | null, action: Action, thing: Thing) => demand(deps, viewer, action, thing),
    /**
     * Whether a player may go on with what its address was given out for; of many who are asked about at the same time,
     * the database is asked at once. Throws `unauthorized`, the code of a refused right, or `taken_over`.
     */
    demandPlayer: (player: Player, action: Action, lessonId: string) => demandPlayer(player, action, lessonId),
    /** Those of these courses that are open as a whole, each with what opens it and until when. */
    viewOf: (viewer: Viewer | null, courseIds: string[]) => viewOf(deps, viewer, courseIds),
    membershipsOf: (viewer: Viewer | null) => membershipsOf(deps, viewer),
    announceGranted: (change: RightsChange) => announceGranted(deps, change),
    announceRevoked: (change: RightsChange) => announceRevoked(deps, change),
    /** Sends away whoever holds one of these places without a right to it any more. */
    callRoll: (places: Place[]) => callRoll(deps, places),
    /** Throws `playing_elsewhere` unless `takeOver` is said. */
    takeLease: (user: SignedInUser, playerId: string, takeOver = false) => takeLease(deps, user, playerId, takeOver),
    /** Throws `taken_over`. */
    renewLease: (user: SignedInUser, playerId: string) => renewLease(deps, user, playerId),
    releaseLease: (user: SignedInUser, playerId: string) => releaseLease(deps, user, playerId),
    leaseHolder: (user: SignedInUser) => leaseHolder(deps, user),
    /** Of a live class; goes on where it was begun before. Throws `trial_ended`. */
    beginTrial: (user: Viewer, lesson: Pick<Lesson, 'id' | 'startedAt'>, seconds: number) =>
      beginTrial(deps, user.id, lesson, seconds),
    /**
     * Throws `not_open_yet` for students before the lobby, `lesson_ended` for everyone after the end, and for those
     * without a right `not_entitled` or `trial_ended`. The ticket is as old as the question, so that what is revoked
     * while it is being decided finds the ticket older than itself.
     */
    ticketFor: (user: SignedInUser, lessonId: string, askedAt = deps.now()) => ticketFor(deps, user, lessonId, askedAt),
  }
}

async function ticketFor(
  deps: EntitlementsDeps,
  user: SignedInUser,
  lessonId: string,
  askedAt: number,
): Promise<TicketAnswer> {
  const { lessons, secret, now, ticketTtlSeconds, iceServers, signalingPath } = deps
  const [decision, lesson] = await Promise.all([demand(deps, user, 'enter', { lessonId }), lessons.get(lessonId)])
  const role = await lessons.roleIn(user, lesson)
  checkOpen(lesson, role, now())
  const trial =
    decision.allowed === 'trial' ? await beginTrial(deps, user.id, lesson, decision.trialSeconds) : undefined
  const ticket: Ticket = {
    roomId: lesson.id,
    person: { peerId: user.id, displayName: user.displayName, role },
    sessionId: user.sessionId,
    tier: 'interactive',
    ...(trial && { trial: { from: trial.from, seconds: trial.seconds } }),
  }
  return {
    url: signalingPath(lesson.id),
    ticket: signTicket(ticket, secret, ticketTtlSeconds, askedAt),
    expiresInSeconds: ticketTtlSeconds,
    iceServers: [...iceServers, ...(deps.turn ? [turnServerFor(deps.turn, user.id, now())] : [])],
    tier: ticket.tier,
    trial: trial ? { seconds: trial.seconds, endsAt: trial.endsAt } : null,
    watermark: lesson.watermark ? await deps.watermarkOf(user.id) : null,
  }
}

function checkOpen({ status, lobbyOpensAt }: Lesson, role: Role, now: number): void {
  if (status === 'ended') throw new AppError('lesson_ended', 'this lesson has ended')
  if (status === 'scheduled' && role === 'student' && now < lobbyOpensAt)
    throw new AppError('not_open_yet', 'the lobby of this lesson is not open yet')
}
