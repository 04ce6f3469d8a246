/** Who is here, a page at a time. */
import type { Peer } from '../peer.ts'
import type { Result } from '../protocol/index.ts'
import type { Room } from '../room.ts'

const PAGE = 50

/** The next peers in order of name after the place that `after` names, whose names hold `search`. */
export function pageOfPeers(room: Room, viewer: Peer, after = '', search = ''): Result<'listPeers'> {
  const wanted = search.trim().toLowerCase()
  const rest = [...room.peers()]
    .filter(({ person }) => person.displayName.toLowerCase().includes(wanted))
    .map((peer) => ({ peer, place: placeOf(peer) }))
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const page = rest.slice(0, PAGE)
  return {
    peers: page.map(({ peer }) => ({
      ...peer.person,
      online: peer.online,
      muted: (viewer.isStaff || viewer === peer) && room.state.muted.has(peer.id),
    })),
    next: rest.length > PAGE ? page.at(-1)!.place : null,
  }
}

const placeOf = ({ person }: Peer) => `${person.displayName.toLowerCase()}\u0000${person.peerId}`
