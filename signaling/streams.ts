/** What comes in from an encoder of the teacher's: it holds the teacher's place as a socket does, beside one or without. */
import type { Log } from './log.ts'
import { Peer } from './peer.ts'
import type { Incoming, MediaRoom } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { Stage } from './stage.ts'
import type { Ticket } from './ticket.ts'

/** What encoders need of their room. */
export type StreamRoom = {
  stage(): Stage
  peer(peerId: string): Peer | undefined
  comeIn(peer: Peer): void
  /** An encoder came or went. */
  changed(peer: Peer): void
  leave(peer: Peer): void
}

/** Opens the way in. `over` is called once, when nothing comes in any more. */
type Open<I> = (media: MediaRoom, peerId: string, maxBitrate: number, over: () => void) => Promise<I>

export class Streams {
  private readonly room: StreamRoom
  private readonly log: Log
  /** One after the other, so that of two that come at once one stays. */
  private turn: Promise<unknown> = Promise.resolve()

  constructor(room: StreamRoom, log: Log) {
    this.room = room
    this.log = log
  }

  /** Of two encoders the later one stays. `ended` is called once, when nothing comes in by it any more. */
  receive<I extends Incoming>(ticket: Ticket, open: Open<I>, ended: () => void): Promise<I> {
    const session = this.turn.then(() => this.begin(ticket, open, ended))
    this.turn = session.catch(() => {})
    return session
  }

  private async begin<I extends Incoming>(ticket: Ticket, open: Open<I>, ended: () => void): Promise<I> {
    const peer = this.room.peer(ticket.person.peerId) ?? this.newPeer(ticket)
    let session: I | undefined
    let isOver = false
    const over = () => {
      isOver = true
      if (session && peer.stream === session) this.lost(peer)
      ended()
    }
    try {
      session = await this.room.stage().receive(peer, (media, maxBitrate) => open(media, peer.id, maxBitrate, over))
      if (isOver) throw new AppError('unavailable', 'it was closed meanwhile')
    } catch (error) {
      if (!peer.online) this.room.leave(peer)
      throw error
    }
    const earlier = peer.stream
    peer.stream = session
    earlier?.close()
    this.room.changed(peer)
    this.log.info({ peerId: peer.id }, 'an encoder streams')
    return session
  }

  private newPeer(ticket: Ticket): Peer {
    const peer = new Peer(ticket)
    this.room.comeIn(peer)
    return peer
  }

  private lost(peer: Peer): void {
    peer.stream = undefined
    peer.notify({ topic: 'streamHealth', data: { health: null } })
    this.log.info({ peerId: peer.id }, 'an encoder stopped')
    this.room.changed(peer)
  }
}
