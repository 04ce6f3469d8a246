/** The live side of a room's log: what happened since the last flush goes out as one frame, encoded once. */
import type { Peer } from './peer.ts'
import { events as declared, type RoomEvent } from './protocol/events.ts'
import type { NotificationFrame } from './protocol/index.ts'
import { anyStudent, concerned, toldTo, type Viewer } from './protocol/visibility.ts'
import { Thinning } from './thinning.ts'

/** The longest time an event waits for company, in a very large room. */
const LONGEST_WINDOW_MS = 250

export class Fanout {
  private readonly peers: () => Iterable<Peer>
  private readonly thinning: Thinning
  private pending: RoomEvent[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(peers: () => Iterable<Peer>, thinning: Thinning = new Thinning()) {
    this.peers = peers
    this.thinning = thinning
  }

  /** Sends the event with others of the same window: 1 ms per twenty peers, since a write costs the same for one or ten. */
  push(event: RoomEvent, crowd: number): void {
    if (declared[event.type].audience === 'log') return
    this.pending.push(event)
    this.timer ??= setTimeout(() => this.flush(), Math.min(LONGEST_WINDOW_MS, crowd / 20))
  }

  flush(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const events = this.pending
    if (events.length === 0) return
    this.pending = []
    const leftOut = this.thinning.leftOutOf(events)
    const readBy = ({ peerId }: Viewer) => events.filter((event) => leftOut.get(event)?.has(peerId) ?? true)
    const open = eventsFor(anyStudent, readBy(anyStudent))
    const forStaff = encode(events)
    const forStudents = isSame(open, events) ? forStaff : encode(open, leftOut.size)
    const own = new Set([...events.flatMap(concerned), ...[...leftOut.values()].flatMap((people) => [...people])])
    for (const peer of this.peers()) {
      if (peer.isStaff) peer.send(forStaff)
      else if (own.has(peer.id)) {
        const read = readBy(peer.person)
        peer.send(encode(eventsFor(peer.person, read), events.length - read.length))
      } else if (open.length + leftOut.size > 0) peer.send(forStudents)
    }
  }

  /** The same frame to every peer, now. */
  broadcast(frame: NotificationFrame): void {
    const encoded = Buffer.from(JSON.stringify(frame))
    for (const peer of this.peers()) peer.send(encoded)
  }

  /** One frame to the staff, another to students, now. */
  tell(staff: NotificationFrame, students: NotificationFrame): void {
    const [forStaff, forStudents] = [staff, students].map((frame) => Buffer.from(JSON.stringify(frame)))
    for (const peer of this.peers()) peer.send(peer.isStaff ? forStaff! : forStudents!)
  }

  close(): void {
    this.flush()
  }
}

const encode = (events: RoomEvent[], leftOut = 0) => {
  const data = leftOut > 0 ? { events, leftOut } : { events }
  return Buffer.from(JSON.stringify({ topic: 'events', data } satisfies NotificationFrame))
}

const eventsFor = (viewer: Viewer, events: RoomEvent[]) => events.flatMap((event) => toldTo(viewer, event) ?? [])

const isSame = (some: RoomEvent[], all: RoomEvent[]) =>
  some.length === all.length && some.every((event, place) => event === all[place])
