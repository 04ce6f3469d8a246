/** The rooms of this node: opened by the first who enters where no other node has them, closed when nobody is left. */
import type { Bus, BusMessages, RoomDirectory } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { Role } from './protocol/events.ts'
import { Room, type RoomDeps } from './room.ts'
import type { ReadTicket } from './ticket.ts'

/** A ticket lives no longer than this, so neither need the memory of what revoked it. */
const LONGEST_TICKET_MS = 600_000

export type RoomsDeps = Omit<RoomDeps, 'emptied' | 'outdated'> & { bus: Bus; directory: RoomDirectory }

/** The room is at another node, which can be asked at this address. */
class Elsewhere extends AppError {
  readonly address: string

  constructor(address: string) {
    super('unavailable', 'another node has this room')
    this.address = address
  }
}

type Revocation = BusMessages['accessRevoked'] & { at: number }

export class Rooms {
  private readonly deps: RoomsDeps
  private readonly rooms = new Map<string, Promise<Room>>()
  private readonly open = new Map<string, Room>()
  private readonly unsubscribe: (() => void)[]
  private revocations: Revocation[] = []
  private draining = false

  constructor(deps: RoomsDeps) {
    this.deps = deps
    this.unsubscribe = [
      deps.bus.subscribe('accessRevoked', (message) => this.revoke(message)),
      deps.directory.onLost((roomId) => this.lose(roomId)),
    ]
  }

  /**
   * The address of the node that has the room of this lesson; null: this one, where the room is open then, or closed for
   * all who come. Throws `unavailable` where that is being decided, and why a room cannot be opened.
   */
  async find(roomId: string): Promise<string | null> {
    try {
      if (this.draining) return await this.findElsewhere(roomId)
      await this.enter(roomId)
      return null
    } catch (error) {
      if (error instanceof Elsewhere) return error.address
      throw error
    }
  }

  /** The room of this lesson, opened if need be. Two who come at once get the same one. */
  async enter(roomId: string): Promise<Room> {
    if (this.draining) throw new AppError('unavailable', 'this server is going away')
    const known = this.rooms.get(roomId)
    if (known) return known
    const opening = this.openHere(roomId)
    this.rooms.set(roomId, opening)
    try {
      const room = await opening
      this.open.set(roomId, room)
      this.closeWhenEmpty(room)
      return room
    } catch (error) {
      this.rooms.delete(roomId)
      throw error
    }
  }

  private async openHere(roomId: string): Promise<Room> {
    const { directory } = this.deps
    const elsewhere = await directory.take(roomId)
    if (elsewhere !== null) throw new Elsewhere(elsewhere)
    const log = this.deps.log.child({ roomId })
    const emptied = (room: Room) => this.closeWhenEmpty(room)
    const outdated = (room: Room) => this.retire(room)
    try {
      return await Room.open(roomId, { ...this.deps, log, emptied, outdated })
    } catch (error) {
      await directory.release(roomId)
      throw error
    }
  }

  /** A node that goes away has those who still come to it go on to another, where there is one. */
  private async findElsewhere(roomId: string): Promise<string | null> {
    const { directory } = this.deps
    if (directory.has(roomId)) throw new AppError('unavailable', 'this room is about to move')
    return (await directory.find(roomId)) ?? directory.roomiest()
  }

  /** Throws `unauthorized` for a ticket that was signed before its right was revoked. */
  checkAccess({ person, sessionId, roomId, issuedAt }: ReadTicket): void {
    const revoked = this.revocations.some(
      (revocation) => revocation.at > issuedAt && concerns(revocation, { userId: person.peerId, sessionId, roomId }),
    )
    if (revoked) throw new AppError('unauthorized', 'this ticket was revoked')
  }

  /** How many are in the room of this lesson now; undefined where it is not open here. */
  onlineIn(roomId: string): number | undefined {
    return this.open.get(roomId)?.online
  }

  /** How many are in each room of this node. */
  online(): { lessonId: string; online: number }[] {
    return [...this.open.values()].map(({ id, online }) => ({ lessonId: id, online }))
  }

  /** Whether this person was sent out of the room of this lesson. */
  isRemoved(roomId: string, peerId: string): boolean {
    return this.open.get(roomId)?.state.removed.has(peerId) ?? false
  }

  /** Everyone's place on this node, with what it was given for. */
  places(): { lessonId: string; userId: string; role: Role; trial: boolean }[] {
    return [...this.open.values()].flatMap((room) =>
      [...room.peers()].map(({ id: userId, person: { role }, trial }) => ({
        lessonId: room.id,
        userId,
        role,
        trial: trial !== undefined,
      })),
    )
  }

  /** The rooms that are open. */
  opened(): Room[] {
    return [...this.open.values()]
  }

  /** How many rooms are open. */
  get size(): number {
    return this.rooms.size
  }

  get isDraining(): boolean {
    return this.draining
  }

  /**
   * Sends everyone away, with the advice to come back elsewhere, and stores what is not stored yet: each room is another
   * node's to take as soon as its own events are stored.
   */
  async close(): Promise<void> {
    this.draining = true
    for (const unsubscribe of this.unsubscribe) unsubscribe()
    await Promise.all(
      [...this.rooms].map(async ([roomId, opening]) => {
        const room = await opening.catch(() => undefined)
        await room?.close('draining')
        await this.deps.directory.release(roomId)
      }),
    )
    this.rooms.clear()
    this.open.clear()
  }

  private closeWhenEmpty(room: Room): void {
    setTimeout(() => this.retire(room), this.deps.timing.emptyRoomMs).unref()
  }

  private retire(room: Room): void {
    if (!room.peopled) this.shut(room)
  }

  /** Another node has the room: those who are still here belong there. */
  private lose(roomId: string): void {
    const room = this.open.get(roomId)
    this.deps.log.warn({ roomId }, 'another node has taken this room')
    if (room) this.shut(room)
    else
      this.rooms.get(roomId)?.then(
        (late) => this.shut(late),
        () => {},
      )
  }

  /** Until its last events are stored the room keeps its name, so that nobody opens it a second time. */
  private shut(room: Room): void {
    if (this.open.get(room.id) !== room) return
    this.open.delete(room.id)
    const closed = room.close('draining').then(async () => {
      await this.deps.directory.release(room.id)
      this.rooms.delete(room.id)
      throw new AppError('unavailable', 'this room has just closed')
    })
    this.rooms.set(room.id, closed)
    closed.catch(() => {})
  }

  private revoke(message: BusMessages['accessRevoked']): void {
    const at = this.deps.now()
    this.revocations = this.revocations.filter((revocation) => revocation.at > at - LONGEST_TICKET_MS)
    this.revocations.push({ ...message, at })
    for (const room of this.open.values()) {
      const peer = room.peer(message.userId)
      if (peer && concerns(message, { userId: peer.id, sessionId: peer.sessionId, roomId: room.id }))
        room.leave(peer, message.reason)
    }
  }
}

const concerns = (
  { userId, sessionId, lessonId }: BusMessages['accessRevoked'],
  place: { userId: string; sessionId: string; roomId: string },
) =>
  userId === place.userId && (!sessionId || sessionId === place.sessionId) && (!lessonId || lessonId === place.roomId)
