import t, { type Test } from 'tap'
import type { Tier } from '../../signaling/protocol/media.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { Receiving } from '../../web/src/classroom/receiving.ts'
import { emptyRoomView } from '../../web/src/classroom/room-state.ts'
import type { Speakers } from '../../web/src/classroom/speakers.ts'
import { Viewing } from '../../web/src/classroom/viewing.ts'
import { type BroadcastPlayer, closedBroadcast, type OpenAt } from '../../web/src/player/broadcast-player.ts'
import { Store } from '../../web/src/store.ts'
import { FakeServer, fakeTrack, noSpeakers, settle } from './fake-media.ts'

/** A player that shows something when the test says so. */
function fakePlayer() {
  const view = new Store(closedBroadcast)
  const opened: OpenAt[] = []
  const calls: string[] = []
  const player = {
    view,
    open: (_video: unknown, at: OpenAt) => {
      opened.push(at)
      view.patch({ phase: 'opening', following: (at.atMs ?? null) === null })
    },
    close: () => view.set(closedBroadcast),
    seek: (ms: number) => {
      calls.push(`seek ${ms}`)
      view.patch({ following: false, positionMs: ms })
    },
    toLive: () => view.patch({ following: true }),
    pause: () => view.patch({ following: false, playing: false }),
    play: () => view.patch({ playing: true }),
  }
  const show = () => view.patch({ phase: 'ready', moving: true, playing: true, edgeMs: 60_000 })
  return { player: player as unknown as BroadcastPlayer, view, opened, calls, show }
}

function fakeElements() {
  const video = { srcObject: null as unknown, muted: false, videoWidth: 0, play: async () => {}, pause() {} }
  return [video as unknown as HTMLVideoElement, { hidden: true } as HTMLCanvasElement] as const
}

function open(t: Test, granted: Tier = 'interactive') {
  t.intercept(globalThis, 'MediaStream' as never, { value: class {} })
  const server = new FakeServer()
  const heard: unknown[] = []
  const speakers = { ...noSpeakers, hearFrom: (film: unknown) => heard.push(film) } as unknown as Speakers
  const receiving = new Receiving({ request: server.request, speakers, log: silentLog, reopen() {} })
  const room = new Store({
    ...emptyRoomView,
    status: 'live' as const,
    startedAt: Date.now() - 60_000,
  } as typeof emptyRoomView)
  const film = fakePlayer()
  const seats: number[] = []
  const viewing = new Viewing({
    request: server.request,
    receiving,
    speakers,
    room,
    player: film.player,
    log: silentLog,
    openSeat: async () => void seats.push(1),
  })
  viewing.start()
  t.teardown(() => viewing.close())
  const [video, canvas] = fakeElements()
  viewing.attach(video, canvas)
  viewing.setPicture(fakeTrack('video'))
  server.answers.changeTier = ({ tier }: { tier: Tier }) => ({ tier })
  viewing.entered({ tier: granted, broadcast: true })
  const tiers = () => viewing.tiers.get()
  return { viewing, server, room, film, seats, video, heard, tiers }
}

t.test('a seat shows its picture, and no broadcast is fetched', async (t) => {
  const { video, film, tiers, viewing } = open(t)
  t.ok(video.srcObject)
  t.strictSame(film.opened, [])
  t.match(tiers(), { shown: 'interactive', wanted: 'interactive' })
  t.equal(viewing.wish, 'interactive')
})

t.test('who gets no seat watches the broadcast, and hears it once it shows', async (t) => {
  const { film, tiers, video, heard, viewing } = open(t, 'broadcast')
  t.equal(film.opened.length, 1)
  t.equal(video.srcObject, null)
  film.show()
  t.match(tiers(), { shown: 'broadcast', reason: 'full' })
  t.equal(heard.at(-1), video)
  t.equal(viewing.wish, 'broadcast')
})

t.test('the seat is kept until the broadcast shows, and then given to others', async (t) => {
  const { viewing, film, server, tiers } = open(t)
  viewing.seek(10_000)
  t.match(film.opened, [{ atMs: 10_000 }])
  await settle()
  t.strictSame(server.take(), [])
  film.show()
  await settle()
  t.match(tiers(), { shown: 'broadcast', rewound: true })
  t.strictSame(server.take(), ['changeTier'])
})

t.test('going to live asks for the seat again, and the broadcast stays until that shows', async (t) => {
  const { viewing, film, server, seats } = open(t)
  viewing.seek(10_000)
  film.show()
  await settle()
  server.take()
  viewing.toLive()
  await settle()
  t.strictSame(server.take(), ['changeTier'])
  t.equal(seats.length, 1)
  t.equal(film.view.get().phase, 'ready')
})

t.test('a pause is silent at once', async (t) => {
  const { viewing, heard, video, film } = open(t)
  viewing.pause()
  t.equal(heard.at(-1), video)
  t.match(film.opened, [{ playing: false }])
})

t.test('who is given the floor goes up with the seat that comes with it', async (t) => {
  const { viewing, film, seats, tiers, server } = open(t, 'broadcast')
  film.show()
  viewing.seated()
  await settle()
  t.match(tiers(), { wanted: 'interactive' })
  t.equal(seats.length, 1)
  t.strictSame(server.take(), [], 'it need not be asked for')
})

t.test('nothing is played of a class that is not on, or that one is out of', async (t) => {
  const { viewing, film, room } = open(t, 'broadcast')
  film.show()
  viewing.left()
  t.equal(film.view.get().phase, 'closed')
  viewing.entered({ tier: 'broadcast', broadcast: true })
  t.equal(film.view.get().phase, 'opening')
  room.patch({ status: 'ended' })
  t.equal(film.view.get().phase, 'closed')
})
