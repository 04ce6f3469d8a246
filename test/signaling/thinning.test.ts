import t from 'tap'
import { Fanout } from '../../signaling/fanout.ts'
import type { Peer } from '../../signaling/peer.ts'
import type { Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { Thinning } from '../../signaling/thinning.ts'

const person = (peerId: string, role: Person['role'] = 'student'): Person => ({ peerId, displayName: peerId, role })
const [ana, bo, cui, lin] = [person('ana'), person('bo'), person('cui'), person('lin', 'teacher')]

let seq = 0
type Message = Extract<RoomEvent, { type: 'messageSent' }>
const said = (by: Person, data: Partial<Message['data']> = {}): Message => {
  seq += 1
  return { seq, at: 0, mediaMs: 0, by, type: 'messageSent', data: { text: `message ${seq}`, ...data } }
}
const many = (count: number, by: Person) => Array.from({ length: count }, () => said(by))

/** A room with these people, whose clock stands until it is moved; what each of them was told. */
function openRoom(people: Person[]) {
  let now = 0
  const told = new Map<string, { events: RoomEvent[]; leftOut: number }>()
  const peers = people.map((each) => {
    const mine = { events: [] as RoomEvent[], leftOut: 0 }
    told.set(each.peerId, mine)
    const send = (frame: Buffer) => {
      const { events, leftOut = 0 } = JSON.parse(String(frame)).data
      mine.events.push(...events)
      mine.leftOut += leftOut
    }
    return { id: each.peerId, person: each, isStaff: each.role !== 'student', send } as never as Peer
  })
  const fanout = new Fanout(() => peers, new Thinning(() => now))
  return {
    told: (who: Person) => told.get(who.peerId)!,
    say: (events: RoomEvent[]) => {
      for (const event of events) fanout.push(event, people.length)
      fanout.flush()
    },
    later: (ms: number) => {
      now += ms
    },
  }
}

t.test('a chat that a person can read is told whole', async (t) => {
  const room = openRoom([ana, bo])
  room.say(many(20, ana))
  for (let second = 0; second < 20; second++) {
    room.later(1000)
    room.say(many(6, ana))
  }
  t.equal(room.told(bo).events.length, 140)
  t.equal(room.told(bo).leftOut, 0)
})

t.test('above that students are spared some, and told how many; staff and the author see all', async (t) => {
  const room = openRoom([ana, bo, lin])
  room.say(many(100, ana))
  t.match([room.told(bo).events.length, room.told(bo).leftOut], [30, 70])
  t.match([room.told(lin).events.length, room.told(lin).leftOut], [100, 0])
  t.match([room.told(ana).events.length, room.told(ana).leftOut], [100, 0])
  room.later(1000)
  room.say(many(100, ana))
  t.match([room.told(bo).events.length, room.told(bo).leftOut], [36, 164])
})

t.test('what staff say, what calls one by name and what answers one is never left out', async (t) => {
  const room = openRoom([ana, bo, cui, lin])
  const asked = said(bo)
  room.say([asked, ...many(100, ana)])
  const words = said(lin)
  const called = said(ana, { text: '@bo look', mentions: [{ peerId: 'bo', start: 0, length: 3 }] })
  const answer = said(ana, { replyTo: asked.seq })
  room.say([words, called, answer])
  const seen = (who: Person) =>
    [words, called, answer].map((each) => room.told(who).events.some((event) => event.seq === each.seq))
  t.strictSame(seen(bo), [true, true, true])
  t.strictSame(seen(cui), [true, false, false])
  t.strictSame(seen(lin), [true, true, true])
})

t.test('nothing but chat is ever left out', async (t) => {
  const room = openRoom([ana, bo])
  const deleted = (messageSeq: number): RoomEvent => {
    seq += 1
    return { seq, at: 0, mediaMs: 0, by: lin, type: 'messageDeleted', data: { messageSeq } }
  }
  room.say([...many(60, ana), ...Array.from({ length: 60 }, (_, place) => deleted(place + 1))])
  t.equal(room.told(bo).events.filter(({ type }) => type === 'messageDeleted').length, 60)
})
