/** Who watches the classes of this node over HLS: a seat for each person in each class. */
import type { LiveBroadcast } from '../../sfu/hls/ports.ts'
import { Seat } from './seat.ts'

/** Who fetched something within this time is watching. */
const WATCHING_MS = 10_000
/** By then a seat is allowed again all that it ever may at once. */
const FORGOTTEN_MS = 3 * 60_000
const SWEEP_EVERY_MS = 30_000

/** `broadcast`: what was last seen there, also after its end. */
type Hall = { seats: Map<string, Seat>; broadcast: LiveBroadcast | undefined }

export class Audience {
  private readonly now: () => number
  private readonly halls = new Map<string, Hall>()
  private sweptAt: number

  constructor(now: () => number) {
    this.now = now
    this.sweptAt = now()
  }

  /** The same for all players and addresses of a person. */
  seatOf(lessonId: string, userId: string): Seat {
    if (this.now() - this.sweptAt > SWEEP_EVERY_MS) this.sweep()
    const hall = this.halls.get(lessonId) ?? { seats: new Map<string, Seat>(), broadcast: undefined }
    this.halls.set(lessonId, hall)
    const seat = hall.seats.get(userId) ?? new Seat(this.now())
    hall.seats.set(userId, seat)
    return seat
  }

  /** How many people watch this class now. */
  watching(lessonId: string): number {
    const since = this.now() - WATCHING_MS
    let count = 0
    for (const { usedAt } of this.halls.get(lessonId)?.seats.values() ?? []) if (usedAt > since) count += 1
    return count
  }

  sees(lessonId: string, broadcast: LiveBroadcast): void {
    const hall = this.halls.get(lessonId)
    if (hall) hall.broadcast = broadcast
  }

  /** What was last seen there. */
  lastOf(lessonId: string): LiveBroadcast | undefined {
    return this.halls.get(lessonId)?.broadcast
  }

  private sweep(): void {
    this.sweptAt = this.now()
    const since = this.sweptAt - FORGOTTEN_MS
    for (const [lessonId, { seats }] of this.halls) {
      for (const [userId, { usedAt }] of seats) if (usedAt < since) seats.delete(userId)
      if (seats.size === 0) this.halls.delete(lessonId)
    }
  }
}
