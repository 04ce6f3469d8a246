/** The live side of a room's log: what happened since the last flush goes out as one frame, encoded once. */
import type { Peer } from './peer.ts'
import { events as declared, type RoomEvent } from './protocol/events.ts'
import type { NotificationFrame } from './protocol/index.ts'

/** The longest time an event waits for company, in a very large room. */
const LONGEST_WINDOW_MS = 100

export class Fanout {
  private readonly peers: () => Iterable<Peer>
  private pending: RoomEvent[] = []
  private timer: NodeJS.Timeout | undefined

  constructor(peers: () => Iterable<Peer>) {
    this.peers = peers
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
    const open = events.filter(({ type }) => declared[type].audience === 'everyone')
    const forEveryone = encode(open)
    const forStaff = open.length === events.length ? forEveryone : encode(events)
    for (const peer of this.peers()) {
      if (peer.isStaff) peer.send(forStaff)
      else if (events.some((event) => isAbout(event, peer.id))) peer.send(encode(events.filter(visibleTo(peer.id))))
      else if (open.length > 0) peer.send(forEveryone)
    }
  }

  /** The same frame to every peer, now. */
  broadcast(frame: NotificationFrame): void {
    const encoded = Buffer.from(JSON.stringify(frame))
    for (const peer of this.peers()) peer.send(encoded)
  }

  close(): void {
    this.flush()
  }
}

const encode = (events: RoomEvent[]) =>
  Buffer.from(JSON.stringify({ topic: 'events', data: { events } } satisfies NotificationFrame))

const isAbout = ({ type, by, data }: RoomEvent, peerId: string) =>
  declared[type].audience === 'staff' && (by?.peerId === peerId || ('peerId' in data && data.peerId === peerId))

const visibleTo = (peerId: string) => (event: RoomEvent) =>
  declared[event.type].audience === 'everyone' || isAbout(event, peerId)
