import t from 'tap'
import { pageOfPeers } from '../../signaling/handlers/roster.ts'
import type { Peer } from '../../signaling/peer.ts'
import type { Room } from '../../signaling/room.ts'

const student = (peerId: string) =>
  ({
    id: peerId,
    person: { peerId, displayName: `Name ${peerId}`, role: 'student' },
    isStaff: false,
    online: true,
  }) as Peer

/** As much of a room as a roster needs; `looked` is how often everyone was looked at. */
function openRoom(size: number) {
  const places = new Map(Array.from({ length: size }, (_, index) => [`p${index}`, student(`p${index}`)]))
  let looked = 0
  const room = {
    state: { muted: new Map([['p7', null]]) },
    peer: (peerId: string) => places.get(peerId),
    peers: () => {
      looked += 1
      return places.values()
    },
  } as never as Room
  return { room, places, looked: () => looked, viewer: places.get('p0')! }
}

/** Everyone, page by page. */
function everyone({ room, viewer }: ReturnType<typeof openRoom>, search?: string): string[] {
  const ids: string[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const page = pageOfPeers(room, viewer, after, search)
    ids.push(...page.peers.map(({ peerId }) => peerId))
    after = page.next
  }
  return ids
}

t.test('every page of a crowd holds others, and together they are all', async (t) => {
  const house = openRoom(2000)
  const ids = everyone(house)
  t.equal(ids.length, 2000)
  t.equal(new Set(ids).size, 2000)
  t.strictSame(ids, ids.toSorted())
  t.ok(house.looked() <= 3, 'and it is not sorted anew for each of the forty pages')
})

t.test('a crowd is searched, and who has left is not in it', async (t) => {
  const house = openRoom(2000)
  t.strictSame(everyone(house, ' NAME P199').length, 11)
  house.places.delete('p1999')
  t.strictSame(everyone(house, 'name p199').length, 10)
})

t.test('in a class everyone is found at once who has just come', async (t) => {
  const house = openRoom(30)
  t.equal(everyone(house).length, 30)
  house.places.set('new', student('new'))
  t.equal(everyone(house).length, 31)
})

t.test('students are not told who is muted', async (t) => {
  const { room, viewer, places } = openRoom(10)
  const mutedFor = (each: Peer) => pageOfPeers(room, each).peers.some(({ muted }) => muted)
  t.equal(mutedFor(viewer), false)
  t.equal(mutedFor({ ...viewer, isStaff: true } as Peer), true)
  t.equal(mutedFor(places.get('p7')!), true)
})
