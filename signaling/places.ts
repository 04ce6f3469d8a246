/** The places of a room: who has one, whose socket is gone, and who sits where. */
import type { Peer } from './peer.ts'
import { AppError } from './protocol/errors.ts'
import type { Person } from './protocol/events.ts'
import type { Tier } from './protocol/media.ts'

export type House = {
  /** Places with a transport to the media plane; those beyond watch the broadcast. */
  seats: number
  /** Whether classes go out over HLS, too. */
  broadcast: boolean
  now: () => number
}

export class Places implements Iterable<Peer> {
  private readonly house: House
  private readonly peers = new Map<string, Peer>()
  /** Those whose socket is gone while their place waits for them. */
  private readonly away = new Set<Peer>()
  private readonly seated = new Set<Peer>()

  constructor(house: House) {
    this.house = house
  }

  get(peerId: string): Peer | undefined {
    return this.peers.get(peerId)
  }

  [Symbol.iterator](): Iterator<Peer> {
    return this.peers.values()
  }

  get size(): number {
    return this.peers.size
  }

  get online(): number {
    return this.peers.size - this.away.size
  }

  get teacher(): Peer | undefined {
    for (const peer of this) if (peer.person.role === 'teacher') return peer
    return undefined
  }

  get teacherOnline(): boolean {
    for (const peer of this) if (peer.online && peer.person.role === 'teacher') return true
    return false
  }

  add(peer: Peer): void {
    this.peers.set(peer.id, peer)
    this.sit(peer, peer.tier)
  }

  /** False where the peer has no place here. */
  remove(peer: Peer): boolean {
    if (this.peers.get(peer.id) !== peer) return false
    this.peers.delete(peer.id)
    this.away.delete(peer)
    this.seated.delete(peer)
    return true
  }

  sit(peer: Peer, tier: Tier): void {
    peer.moveTo(tier, this.house.now())
    if (tier === 'broadcast') this.seated.delete(peer)
    else if (this.peers.get(peer.id) === peer) this.seated.add(peer)
  }

  wentAway(peer: Peer): void {
    this.away.add(peer)
  }

  cameBack(peer: Peer): void {
    this.away.delete(peer)
  }

  /** Where this person would sit. Throws `room_full` where there is neither a seat nor a broadcast. */
  tierFor({ peerId, role }: Person, wish: Tier): Tier {
    const { seats, broadcast } = this.house
    if (wish === 'broadcast' && broadcast && role !== 'teacher') return 'broadcast'
    const peer = this.peers.get(peerId)
    if (role !== 'student' || (peer && this.seated.has(peer)) || this.seated.size < seats) return 'interactive'
    if (!broadcast) throw new AppError('room_full')
    return 'broadcast'
  }

  clear(): void {
    this.peers.clear()
    this.away.clear()
    this.seated.clear()
  }
}
