/** Who gets a seat, which is a transport to the media plane, and who watches the broadcast. */
import type { Peer } from './peer.ts'
import { AppError } from './protocol/errors.ts'
import type { Person } from './protocol/events.ts'
import type { Tier } from './protocol/media.ts'

type House = { places: ReadonlyMap<string, Peer>; seats: number; broadcast: boolean }

/** Throws `room_full` where there is neither a seat nor a broadcast. */
export function tierFor({ peerId, role }: Person, wish: Tier, { places, seats, broadcast }: House): Tier {
  if (wish === 'broadcast' && broadcast && role !== 'teacher') return 'broadcast'
  if (role !== 'student' || isSeated(places.get(peerId))) return 'interactive'
  if ([...places.values()].filter(isSeated).length < seats) return 'interactive'
  if (!broadcast) throw new AppError('room_full')
  return 'broadcast'
}

const isSeated = (peer: Peer | undefined) => peer?.tier === 'interactive'
