import { Device } from 'mediasoup-client'
import t, { type Test } from 'tap'
import type { Person, Role } from '../../signaling/protocol/events.ts'
import { emptyRoom, type RoomSnapshot, snapshotFor } from '../../signaling/protocol/snapshot.ts'
import type { TicketAnswer } from '../../src/entitlements/schema.ts'
import { Classroom } from '../../web/src/classroom/classroom.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { serverClock } from '../../web/src/server-clock.ts'
import { FakeSocket } from '../support/fake-socket.ts'
import { FakeDevice, settle } from './fake-media.ts'

const ticket: TicketAnswer = {
  url: '/signaling',
  ticket: 'a.b.c',
  expiresInSeconds: 60,
  iceServers: [],
  tier: 'interactive',
  trial: null,
  watermark: null,
}
const trying: TicketAnswer = { ...ticket, trial: { seconds: 60, endsAt: 60_000 } }
const welcome = { topic: 'welcome', data: { rtpCapabilities: {}, now: 0 } }

class FakeTrack extends EventTarget {
  readonly kind: string
  stopped = false
  contentHint = ''

  constructor(kind: string) {
    super()
    this.kind = kind
  }

  stop() {
    this.stopped = true
  }
  getSettings() {
    return {}
  }
}

/** A classroom in a page that has a camera and a microphone; the last of the tickets is given again and again. */
function open(t: Test, role: Role = 'student', tickets: (TicketAnswer | Error)[] = [ticket]) {
  const self: Person = { peerId: 'me', displayName: 'Me', role }
  const device = new FakeDevice()
  const sockets: FakeSocket[] = []
  const tracks: FakeTrack[] = []
  const intervals = new Set<unknown>()
  const define = (target: object, name: string, value: unknown) =>
    t.intercept(target as never, name as never, { value })
  define(Device, 'factory', async () => device)
  define(globalThis, 'document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
  define(globalThis, 'localStorage', { getItem: () => null, setItem() {} })
  define(globalThis.navigator, 'mediaDevices', {
    addEventListener() {},
    removeEventListener() {},
    enumerateDevices: async () => [],
    getUserMedia: async (asked: object) => {
      const track = new FakeTrack('video' in asked ? 'video' : 'audio')
      tracks.push(track)
      return { getTracks: () => [track] }
    },
  })
  const { setInterval, clearInterval } = globalThis
  define(globalThis, 'setInterval', (call: () => void, ms: number) => {
    const timer = setInterval(call, ms)
    intervals.add(timer)
    return timer
  })
  define(globalThis, 'clearInterval', (timer: NodeJS.Timeout) => {
    intervals.delete(timer)
    clearInterval(timer)
  })
  const classroom = new Classroom({
    role,
    getTicket: async () => {
      const given = tickets.length > 1 ? tickets.shift()! : tickets[0]!
      if (given instanceof Error) throw given
      return given
    },
    openSocket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    log: silentLog,
  })
  classroom.start()
  t.teardown(() => classroom.close())

  /** Joins over the socket of the moment; the transports of an earlier one still stand where `resumed`. */
  const enter = async (snapshot: Partial<RoomSnapshot>, resumed = false) => {
    await settle()
    const socket = sockets.at(-1)!
    socket.receive(welcome)
    await settle()
    socket.answer('join', {
      self,
      tier: 'interactive',
      broadcast: false,
      resumeToken: 'token',
      resumed,
      standing: { consumers: [], producers: [] },
      now: 0,
      snapshot: {
        ...snapshotFor(self, emptyRoom(), { online: 2, hands: 0, broadcastViewers: 0 }),
        seq: 1,
        status: 'live',
        startedAt: 0,
        ...snapshot,
      },
    })
    await settle()
    return socket
  }
  const goOnAir = async () => {
    await Promise.all([classroom.own.capture.open('camera'), classroom.own.capture.open('microphone')])
    void classroom.own.goOnAir()
  }
  const lose = async () => {
    sockets.at(-1)!.end()
    await settle()
  }
  /** The kinds of the devices that are still recording. */
  const recording = () => tracks.filter(({ stopped }) => !stopped).map(({ kind }) => kind)
  return { classroom, device, sockets, self, intervals, enter, goOnAir, lose, recording }
}

t.test('who leaves while the socket is still connecting leaves no camera and no timer behind', async (t) => {
  const { classroom, sockets, intervals, goOnAir, recording } = open(t)
  await settle()
  t.equal(sockets[0]!.readyState, 0)
  await goOnAir()
  t.same(recording(), ['video', 'audio'])
  classroom.close()
  t.same(recording(), [])
  t.equal(intervals.size, 0)
})

t.test('whose floor was taken while they were away stops recording on return', async (t) => {
  const { classroom, self, enter, goOnAir, lose, recording } = open(t)
  await enter({ floor: [self] })
  await goOnAir()
  await lose()
  t.same(recording(), ['video', 'audio'])
  await enter({ floor: [] })
  t.same(recording(), [])
  t.equal(classroom.own.view.get().onAir, false)
})

t.test('who was muted while they were away keeps the picture alone, as if they had been there', async (t) => {
  const { self, enter, goOnAir, lose, recording } = open(t)
  await enter({ floor: [self] })
  await goOnAir()
  await lose()
  await enter({ floor: [self], muted: ['me'] })
  t.same(recording(), ['video'])
})

t.test('who still has the floor on return goes on', async (t) => {
  const { classroom, self, enter, goOnAir, lose, recording } = open(t)
  await enter({ floor: [self] })
  await goOnAir()
  await lose()
  await enter({ floor: [self] })
  t.same(recording(), ['video', 'audio'])
  t.equal(classroom.own.view.get().onAir, true)
})

t.test('a teacher sets up before the class, and stops recording when it ended while they were away', async (t) => {
  const { sockets, enter, goOnAir, lose, recording } = open(t, 'teacher')
  await enter({ status: 'scheduled' })
  await goOnAir()
  await lose()
  await enter({ status: 'scheduled' })
  t.same(recording(), ['video', 'audio'])
  sockets.at(-1)!.end(4410)
  t.same(recording(), [])
})

t.test('of several media resets the last transport counts, whichever is answered when', async (t) => {
  const { device, enter } = open(t)
  const socket = await enter({})
  const reset = { topic: 'mediaReset', data: {} }
  const asked = () => socket.sent.filter(({ method }) => method === 'createTransport')
  socket.receive(reset)
  socket.receive(reset)
  const [entrance, first, second] = asked()
  socket.receive({ id: entrance!.id, result: { id: 'entrance' } })
  socket.receive({ id: first!.id, result: { id: 'first' } })
  await settle()
  t.same(device.transports, [])
  socket.receive({ id: second!.id, result: { id: 'second' } })
  await settle()
  t.same(
    device.transports.map(({ id, closed }) => ({ id, closed })),
    [{ id: 'second', closed: false }],
  )
})

t.test(
  'a teacher whose media is reset on the way in publishes through the transport that was asked for last',
  async (t) => {
    const { device, enter, goOnAir } = open(t, 'teacher')
    const socket = await enter({})
    const asked = () =>
      socket.sent.filter(({ method, data }) => method === 'createTransport' && data.direction === 'send')
    const answer = (id: string, request = asked().at(-1)!) => socket.receive({ id: request.id, result: { id } })
    const [entrance] = asked()
    const receiving = socket.sent.find(({ method, data }) => method === 'createTransport' && data.direction === 'recv')!
    answer('receiving', receiving)
    await settle()
    await goOnAir()
    socket.receive({ topic: 'mediaReset', data: {} })
    answer('dead', entrance)
    await settle()
    const sending = () => device.transports.filter(({ direction }) => direction === 'send').map(({ id }) => id)
    t.same(sending(), [])
    answer('alive')
    await settle()
    t.same(sending(), ['alive'])
  },
)

t.test('a teacher who enters asks for one transport to send through', async (t) => {
  const { device, enter, goOnAir } = open(t, 'teacher')
  const socket = await enter({})
  const asked = () => socket.sent.filter(({ method }) => method === 'createTransport')
  for (const { id } of asked()) socket.receive({ id, result: { id: `transport-${id}` } })
  await goOnAir()
  await settle()
  t.equal(asked().length, 2)
  t.same(device.transports.map(({ direction }) => direction).sort(), ['recv', 'send'])
})

t.test('a hand is up and down as the room tells it, however late its answer comes', async (t) => {
  const { classroom, self, enter } = open(t)
  const socket = await enter({})
  const happened = (type: string, seq: number, data: object) =>
    socket.receive({ topic: 'events', data: { events: [{ seq, at: seq, mediaMs: 0, by: self, type, data }] } })
  const raising = classroom.floor.raiseHand()
  happened('handRaised', 2, {})
  t.same(classroom.room.get().hands, [self])
  happened('floorGiven', 3, { peer: self })
  socket.answer('raiseHand', { seq: 2 })
  await raising
  t.same(classroom.room.get().hands, [])
  t.same(classroom.room.get().floor, [self])
})

t.test('who leaves no longer listens for a touch of the page', async (t) => {
  const { classroom } = open(t)
  let closed = 0
  t.intercept(classroom.speakers, 'close', {
    value: () => {
      closed += 1
    },
  })
  classroom.close()
  t.equal(closed, 1)
})

t.test('a purchase during the trial lifts it, and the picture goes on through the transport that stands', async (t) => {
  const { classroom, device, sockets, enter } = open(t, 'student', [trying, ticket])
  const first = await enter({})
  t.same(classroom.trial.get(), { seconds: 60, endsAt: 60_000 })
  first.answer('createTransport', { id: 'receiving' })
  await settle()
  void classroom.noticeRights()
  const second = await enter({}, true)
  t.equal(sockets.length, 2)
  t.match(second.sent.find(({ method }) => method === 'join')?.data, { resume: { token: 'token' } })
  t.notOk(second.methods().includes('createTransport'))
  t.same(
    device.transports.map(({ id, closed }) => ({ id, closed })),
    [{ id: 'receiving', closed: false }],
  )
  t.equal(classroom.trial.get(), null)
})

t.test('a purchase after the trial opens the room anew, with a transport asked for in the same breath', async (t) => {
  const refused = Object.assign(new Error('over'), { code: 'trial_ended' })
  const { classroom, device, sockets, enter } = open(t, 'student', [trying, refused, ticket])
  const first = await enter({})
  first.answer('createTransport', { id: 'tried' })
  await settle()
  first.end(4406)
  t.match(classroom.connection.view.get(), { phase: 'out', reason: 'trial_ended' })
  await classroom.noticeRights()
  t.equal(sockets.length, 1)
  t.match(classroom.connection.view.get(), { phase: 'out', reason: 'trial_ended' })
  await classroom.noticeRights()
  const second = await enter({})
  t.notOk(second.sent.find(({ method }) => method === 'join')?.data.resume)
  second.answer('createTransport', { id: 'bought' })
  await settle()
  t.same(
    device.transports.map(({ id, closed }) => ({ id, closed })),
    [
      { id: 'tried', closed: true },
      { id: 'bought', closed: false },
    ],
  )
  t.equal(classroom.trial.get(), null)
})

t.test('who has bought already is not disturbed when other rights change', async (t) => {
  const { classroom, sockets, enter } = open(t)
  await enter({})
  await classroom.noticeRights()
  await settle()
  t.equal(sockets.length, 1)
})

t.test(
  'on a picture that is behind, offers and what flies over it come with it; what was deleted never does',
  async (t) => {
    const { classroom, self, enter } = open(t)
    const socket = await enter({})
    const { film, tiers } = classroom.viewing
    tiers.set({ ...tiers.get(), shown: 'broadcast' })
    film.set({ ...film.get(), phase: 'ready', moving: true, positionMs: 1000 })
    const flown: string[] = []
    classroom.said.listen({ say: ({ text }) => flown.push(text), gone: () => {}, clear: () => {} })
    const happened = (seq: number, type: string, data: object) => ({
      seq,
      at: seq,
      mediaMs: 5000,
      by: self,
      type,
      data,
    })
    const offer = { courseId: '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6a' }
    const events = [
      happened(2, 'offerShown', { offer }),
      happened(3, 'messageSent', { text: 'nice' }),
      happened(4, 'messageSent', { text: 'rude' }),
      happened(5, 'messageDeleted', { messageSeq: 4 }),
    ]
    socket.receive({ topic: 'events', data: { events } })
    t.same(
      classroom.chat.view.get().messages.map(({ text }) => text),
      ['nice'],
    )
    t.equal(classroom.notices.view.get().offer, null)
    t.same(flown, [])
    film.set({ ...film.get(), positionMs: 5000 })
    await new Promise<void>((resolve) => classroom.notices.view.subscribe(resolve))
    t.same(classroom.notices.view.get().offer, { seq: 2, offer })
    t.same(flown, ['nice'])
  },
)

t.test('on a picture that is behind, a quiz comes with it, and its answer says how far behind that was', async (t) => {
  const { classroom, self, enter } = open(t)
  const socket = await enter({})
  const { film, tiers } = classroom.viewing
  tiers.set({ ...tiers.get(), shown: 'broadcast' })
  film.set({ ...film.get(), phase: 'ready', moving: true, positionMs: 1000 })
  const poll = { question: 'Which?', options: ['this', 'that'], multiple: false, kind: 'quiz', seconds: 20 }
  const at = Math.round(serverClock.now()) - 4000
  const opened = { seq: 2, at, mediaMs: 5000, by: self, type: 'pollOpened', data: { poll } }
  socket.receive({ topic: 'events', data: { events: [opened] } })
  t.equal(classroom.polls.view.get().poll, null)
  film.set({ ...film.get(), positionMs: 5000 })
  await new Promise<void>((resolve) => classroom.polls.view.subscribe(resolve))
  void classroom.polls.vote(2, [1]).catch(() => {})
  const { data } = socket.sent.findLast(({ method }) => method === 'vote')!
  t.match(data, { pollSeq: 2, choices: [1] })
  t.ok(Number(data.behindMs) >= 4000)
})
