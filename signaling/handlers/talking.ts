/** What all who say something have in common. */
import { Later } from '../dispatch.ts'
import { limits } from '../protocol/constants.ts'
import { AppError } from '../protocol/errors.ts'
import type { RoomEvent } from '../protocol/events.ts'
import type { Result } from '../protocol/index.ts'
import type { MessageData } from '../protocol/message.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'

/** Throws unless this person may write in the chat now. */
export function speak(seat: Seat): void {
  const { room, peer } = seat
  const { lastSaid, settings } = room.state
  const waited = room.now() - (lastSaid.get(peer.id) ?? Number.NEGATIVE_INFINITY)
  if (!peer.isStaff && waited < settings.slowModeSeconds * 1000) throw new AppError('slow_mode')
  talk(seat)
}

/** Throws unless this person may write anything now. */
export function talk(seat: Seat): void {
  mayWrite(seat)
  limit(seat)
}

function mayWrite({ room, peer }: Seat): void {
  if (room.state.muted.has(peer.id)) throw new AppError('muted')
  if (!peer.isStaff && room.state.settings.everyoneMuted) throw new AppError('all_muted')
}

/** What somebody wrote, and what it becomes where it may be seen by all. */
type Saying = MessageData & { as: 'message' | 'question'; anonymous?: boolean }

/** Records what was written by `show`, or holds it for staff. The room may have changed while it was judged. */
export async function say(
  seat: Seat,
  saying: Saying,
  show: () => Later<{ seq: number }>,
): Promise<Later<Result<'sendMessage'>>> {
  const { room, peer } = seat
  const reason = peer.isStaff
    ? null
    : await room.judge(peer, { text: saying.text, ...(saying.picture && { picture: saying.picture }) })
  if (room.peer(peer.id) !== peer) throw new AppError('not_joined')
  mayWrite(seat)
  if (reason !== null) checkHeld(seat)
  const recorded =
    reason === null ? show() : room.record('textHeld', peer.person, { anonymous: false, ...saying, reason })
  return new Later(recorded.result.then(({ seq }) => ({ seq, held: reason !== null })))
}

function checkHeld({ room, peer }: Seat): void {
  const held = [...room.state.held.values()]
  const own = held.filter(({ by }) => by?.peerId === peer.id)
  if (held.length >= limits.heldTexts || own.length >= limits.heldTextsOfOne) throw new AppError('too_many_requests')
}

/** Throws where this person does too much at once. */
export function limit({ room, peer }: Seat): void {
  if (!room.allowance.talk(peer)) throw new AppError('too_many_requests')
}

/** The message in this place of the log, or `not_found`: there is none, or it was deleted. */
export async function messageOf(room: Room, messageSeq: number): Promise<Extract<RoomEvent, { type: 'messageSent' }>> {
  const recent = room.state.messages.find(({ seq }) => seq === messageSeq)
  if (recent) return recent
  const [message] = await room.messagesBefore(messageSeq + 1, 1)
  if (message?.type !== 'messageSent' || message.seq !== messageSeq || room.state.deleted.has(messageSeq))
    throw new AppError('not_found')
  return message
}
