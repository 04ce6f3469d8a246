/** Who is here, a page at a time. */
import type { Peer } from '../peer.ts'
import type { Person } from '../protocol/events.ts'
import type { Result } from '../protocol/index.ts'
import type { Room } from '../room.ts'

const PAGE = 50

/** The next peers in order of name after the place that `after` names, whose names hold `search`. */
export function pageOfPeers(room: Room, viewer: Peer, after = '', search = ''): Result<'listPeers'> {
  const wanted = search.trim().toLowerCase()
  const found = [...room.peers()].filter(({ person }) => person.displayName.toLowerCase().includes(wanted))
  const { page, next } = pageByName(found, ({ person }) => person, after)
  return {
    peers: page.map((peer) => ({
      ...peer.person,
      online: peer.online,
      muted: (viewer.isStaff || viewer === peer) && room.state.muted.has(peer.id),
    })),
    next,
  }
}

/** The next of these in order of name after the place that `after` names, and the place where they end; null at the end. */
export function pageByName<T>(all: T[], personOf: (one: T) => Person, after = ''): { page: T[]; next: string | null } {
  const rest = all
    .map((one) => ({ one, place: placeOf(personOf(one)) }))
    .filter(({ place }) => place > after)
    .sort((a, b) => (a.place < b.place ? -1 : 1))
  const page = rest.slice(0, PAGE)
  return { page: page.map(({ one }) => one), next: rest.length > PAGE ? page.at(-1)!.place : null }
}

const placeOf = (person: Person) => `${person.displayName.toLowerCase()}\u0000${person.peerId}`
