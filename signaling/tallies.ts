/** What is told as numbers, once a second at most and only where they have changed: people, votes, the uplink. */
import type { Peer } from './peer.ts'
import type { Polling } from './polling.ts'
import type { NotificationFrame } from './protocol/index.ts'
import type { Audience, RoomState } from './protocol/snapshot.ts'
import type { Stage } from './stage.ts'
import { VoteCounts } from './vote-counts.ts'

const UPLINK_EVERY_TALLIES = 5
const STREAM_EVERY_TALLIES = 3

/** In a crowd somebody always comes or goes, and to say so is a write for everyone: ten thousand are told every five seconds. */
const PEOPLE_PER_SECOND = 2000

/** What tallies need of their room. */
export type TalliedRoom = {
  state: RoomState
  stage(): Stage
  polling(): Polling
  audience(): Audience
  teacher(): Peer | undefined
  broadcast(frame: NotificationFrame): void
}

export class Tallies {
  private readonly room: TalliedRoom
  private readonly voteCounts = new VoteCounts()
  private tallies = 0
  private lastAudience = ''

  constructor(room: TalliedRoom) {
    this.room = room
  }

  /** To be called once a second. */
  tell(): void {
    this.tellAudience()
    this.room.polling().tell()
    const votes = this.voteCounts.changes(this.room.state.questions)
    if (votes.length > 0) this.room.broadcast({ topic: 'questionVotes', data: { votes } })
    this.tallies += 1
    if (this.tallies % UPLINK_EVERY_TALLIES === 0) void this.tellUplink()
    if (this.tallies % STREAM_EVERY_TALLIES === 0) void this.tellStream()
  }

  private async tellStream(): Promise<void> {
    const teacher = this.room.teacher()
    if (!teacher?.stream || !teacher.connection) return
    const health = await this.room
      .stage()
      .streamHealth(teacher)
      .catch(() => undefined)
    if (health && teacher.stream) teacher.notify({ topic: 'streamHealth', data: { health } })
  }

  private tellAudience(): void {
    if (this.tallies % Math.ceil((this.room.audience().online + 1) / PEOPLE_PER_SECOND) !== 0) return
    const audience = this.room.audience()
    const counts = JSON.stringify(audience)
    if (counts !== this.lastAudience) this.room.broadcast({ topic: 'audience', data: audience })
    this.lastAudience = counts
  }

  private async tellUplink(): Promise<void> {
    const { state, broadcast } = this.room
    const teacherId = this.room.teacher()?.id
    if (teacherId === undefined || state.status !== 'live') return
    const stage = this.room.stage()
    const roundTripMs = await stage.roundTripMs(teacherId).catch(() => null)
    broadcast({ topic: 'uplink', data: { roundTripMs, warnings: stage.broadcastWarnings() } })
  }
}
