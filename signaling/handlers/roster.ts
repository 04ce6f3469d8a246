/** Who is here, a page at a time. */
import type { Peer } from '../peer.ts'
import type { Person } from '../protocol/events.ts'
import type { Result } from '../protocol/index.ts'
import type { Room } from '../room.ts'

const PAGE = 50
/** To sort more people than this for everyone who asks would hold up the room: their order is kept for a while. */
const CROWD = 500
const KEPT_MS = 1000

type Entry = { peer: Peer; name: string; place: string }

/** The next peers in order of name after the place that `after` names, whose names hold `search`. */
export function pageOfPeers(room: Room, viewer: Peer, after = '', search = ''): Result<'listPeers'> {
  const wanted = search.trim().toLowerCase()
  const page: Entry[] = []
  for (const entry of rosterOf(room)) {
    if (entry.place <= after || !entry.name.includes(wanted) || room.peer(entry.peer.id) !== entry.peer) continue
    page.push(entry)
    if (page.length > PAGE) break
  }
  const shown = page.slice(0, PAGE)
  return {
    peers: shown.map(({ peer }) => ({
      ...peer.person,
      online: peer.online,
      muted: (viewer.isStaff || viewer === peer) && room.state.muted.has(peer.id),
    })),
    next: page.length > PAGE ? shown.at(-1)!.place : null,
  }
}

const kept = new WeakMap<Room, { entries: Entry[]; madeAt: number }>()

/** Everyone, in order of name; in a crowd as it was within the last second. */
function rosterOf(room: Room): Entry[] {
  const known = kept.get(room)
  if (known && performance.now() - known.madeAt < KEPT_MS) return known.entries
  const entries = [...room.peers()].map(entryOf).sort((a, b) => (a.place < b.place ? -1 : 1))
  if (entries.length > CROWD) kept.set(room, { entries, madeAt: performance.now() })
  else kept.delete(room)
  return entries
}

function entryOf(peer: Peer): Entry {
  const name = peer.person.displayName.toLowerCase()
  return { peer, name, place: placeOf(peer.person) }
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
