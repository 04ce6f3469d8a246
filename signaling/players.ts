/** Players that come by an offer of SDP: each holds a place as a socket does, and is told nothing but picture and sound. */
import type { Line, Peer } from './peer.ts'
import type { SdpSession } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { NotificationFrame } from './protocol/index.ts'
import type { Stage } from './stage.ts'
import type { Ticket } from './ticket.ts'

/** What players need of their room. */
export type WatchedRoom = {
  stage: Stage
  join(line: Line, ticket: Ticket, wish: { rtpCapabilities: object; tier: 'interactive' }): { peer: Peer }
  leave(peer: Peer): void
}

/**
 * Takes the ticket's place for a player. `ended` is called once, when the player is gone or was sent away, and when
 * something else is shown than at its beginning: then it asks anew. Throws `not_live` while nothing is shown.
 */
export async function watch(room: WatchedRoom, ticket: Ticket, offer: string, ended: () => void): Promise<SdpSession> {
  if (ticket.person.role === 'teacher') throw new AppError('forbidden', 'teachers watch on their own page')
  const line = new PlayerLine()
  const { peer } = room.join(line, ticket, { rtpCapabilities: {}, tier: 'interactive' })
  const over = () => {
    // Its transport is closed, too, where its person is just taking the place on a page.
    setImmediate(() => {
      if (peer.connection === line) room.leave(peer)
    })
    ended()
  }
  try {
    const session = await room.stage.deliver(peer, offer, over)
    line.serve(session)
    return session
  } catch (error) {
    if (peer.connection === line) room.leave(peer)
    throw error
  }
}

class PlayerLine implements Line {
  closed = false
  private session: SdpSession | undefined

  serve(session: SdpSession): void {
    this.session = session
    if (this.closed) session.close()
  }

  /** A player knows no other stream than those it was answered with. */
  notify({ topic }: NotificationFrame): void {
    if (topic === 'consumerClosed') this.close()
  }

  send(): void {}

  close(): void {
    this.closed = true
    this.session?.close()
  }

  finish(): void {
    this.close()
  }
}
