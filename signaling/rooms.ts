/** The rooms of this node: opened by the first who enters, closed when nobody is left. */
import type { Bus, BusMessages } from './ports.ts'
import { Room, type RoomDeps } from './room.ts'

/** An empty room is kept this long, so that a reload of its only peer does not rebuild it. */
const EMPTY_ROOM_MS = 5000

export type RoomsDeps = Omit<RoomDeps, 'emptied'> & { bus: Bus }

export class Rooms {
  private readonly deps: RoomsDeps
  private readonly rooms = new Map<string, Promise<Room>>()
  private readonly open = new Map<string, Room>()
  private readonly unsubscribe: () => void
  private draining = false

  constructor(deps: RoomsDeps) {
    this.deps = deps
    this.unsubscribe = deps.bus.subscribe('accessRevoked', (message) => this.revoke(message))
  }

  /** The room of this lesson, opened if need be. Two who come at once get the same one. */
  async enter(roomId: string): Promise<Room> {
    const known = this.rooms.get(roomId)
    if (known) return known
    const log = this.deps.log.child({ roomId })
    const opening = Room.open(roomId, { ...this.deps, log, emptied: (room) => this.closeWhenEmpty(room) })
    this.rooms.set(roomId, opening)
    try {
      const room = await opening
      this.open.set(roomId, room)
      return room
    } catch (error) {
      this.rooms.delete(roomId)
      throw error
    }
  }

  /** How many are in the room of this lesson now. */
  onlineIn(roomId: string): number {
    return this.open.get(roomId)?.online ?? 0
  }

  get isDraining(): boolean {
    return this.draining
  }

  /** Sends everyone away, with the advice to come back elsewhere, and stores what is not stored yet. */
  async close(): Promise<void> {
    this.draining = true
    this.unsubscribe()
    const rooms = await Promise.allSettled(this.rooms.values())
    await Promise.all(rooms.map((room) => room.status === 'fulfilled' && room.value.close('draining')))
    this.rooms.clear()
    this.open.clear()
  }

  private closeWhenEmpty(room: Room): void {
    setTimeout(async () => {
      if ([...room.peers()].length > 0 || this.open.get(room.id) !== room) return
      this.open.delete(room.id)
      this.rooms.delete(room.id)
      await room.close('lesson_ended')
    }, EMPTY_ROOM_MS).unref()
  }

  private revoke({ userId, sessionId, lessonId, reason }: BusMessages['accessRevoked']): void {
    for (const room of this.open.values()) {
      const peer = room.peer(userId)
      const meant = (!lessonId || lessonId === room.id) && (!sessionId || sessionId === peer?.sessionId)
      if (peer && meant) room.leave(peer, reason)
    }
  }
}
