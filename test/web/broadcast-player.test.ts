import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ApiError } from '../../web/src/api/errors.ts'
import { BroadcastPlayer, type LiveAnswer } from '../../web/src/player/broadcast-player.ts'
import type { LiveOpening, LiveTime } from '../../web/src/player/live-stream.ts'
import type { StreamEvents } from '../../web/src/player/stream.ts'

const STARTED_AT = 1_000_000
const answer = (change: Partial<LiveAnswer> = {}): LiveAnswer => ({
  url: '/api/live/one/index.m3u8',
  expiresInSeconds: 1800,
  live: { startedAt: STARTED_AT, partSeconds: 0.2, windowSeconds: 1800 },
  watermark: null,
  ...change,
})

/** A `<video>` without pictures; its events are told by the test. */
class FakeVideo extends EventTarget {
  readonly HAVE_CURRENT_DATA = 2
  readonly HAVE_FUTURE_DATA = 3
  readyState = 4
  paused = true
  async play() {
    this.paused = false
  }
  pause() {
    this.paused = true
  }
}

type FakeStream = {
  opening: LiveOpening
  time: LiveTime | null
  calls: string[]
  closed: boolean
  events: StreamEvents
}

function open(t: Test, first: LiveAnswer | Error = answer()) {
  const world = { now: STARTED_AT + 600_000, answers: [first] as (LiveAnswer | Error)[], lease: null as Error | null }
  const streams: FakeStream[] = []
  const asked: { takeOver?: boolean }[] = []
  const released: string[] = []
  const player = new BroadcastPlayer({
    playerId: 'this',
    play: async (request) => {
      asked.push(request)
      const next = world.answers.length > 1 ? world.answers.shift()! : world.answers[0]!
      if (next instanceof Error) throw next
      return next
    },
    renewLease: async () => {},
    releaseLease: async (id) => void released.push(id),
    now: () => world.now,
    openLive: async (_video, opening, events) => {
      const stream: FakeStream = { opening, time: null, calls: [], closed: false, events }
      streams.push(stream)
      return {
        time: () => stream.time,
        follow: (following) => stream.calls.push(`follow ${following}`),
        seek: (ms) => stream.calls.push(`seek ${ms}`),
        toEdge: () => stream.calls.push('edge'),
        renew: (url) => stream.calls.push(`renew ${url}`),
        setQuality: (quality) => stream.calls.push(`quality ${quality}`),
        close: () => {
          stream.closed = true
        },
      }
    },
  })
  t.teardown(() => player.close())
  const video = new FakeVideo()
  const begin = async (at?: Parameters<typeof player.open>[1]) => {
    player.open(video as unknown as HTMLVideoElement, at)
    await pause(1)
  }
  /** So much later the film is here. */
  const pass = (ms: number, positionMs: number) => {
    world.now += ms
    const edgeMs = world.now - STARTED_AT - 500
    streams.at(-1)!.time = { positionMs, fromMs: Math.max(0, edgeMs - 300_000), edgeMs }
    video.dispatchEvent(new Event('timeupdate'))
  }
  const edge = () => world.now - STARTED_AT - 1000
  const next = (...given: (LiveAnswer | Error)[]) => world.answers.splice(0, world.answers.length, ...given)
  return { player, world, streams, asked, released, video, begin, pass, edge, next, view: () => player.view.get() }
}

t.test('begins at the live edge, takes over from other devices, and says when something moves', async (t) => {
  const { begin, asked, streams, view, pass, edge, video } = open(t)
  await begin()
  t.match(asked, [{ playerId: 'this', takeOver: true }])
  t.match(streams, [
    { opening: { url: '/api/live/one/index.m3u8', startedAt: STARTED_AT, partSeconds: 0.2, atMs: null } },
  ])
  t.match(view(), { phase: 'ready', following: true, moving: false })
  t.equal(video.paused, false)
  pass(200, edge())
  pass(200, edge() + 200)
  t.match(view(), { moving: true, latencyMs: 1000, positionMs: 599_400 })
})

t.test('who goes back is left there, and finds the edge again', async (t) => {
  const { begin, streams, view, pass, edge, player, world } = open(t)
  await begin()
  pass(200, edge())
  player.seek(400_000)
  t.match(streams[0]!.calls, [/renew/, 'follow false', 'seek 400000'])
  pass(60_000, 460_000)
  t.match(view(), { following: false, positionMs: 460_000 })
  t.equal(streams.length, 1)
  player.toLive()
  t.strictSame(streams[0]!.calls.slice(-2), ['follow true', 'edge'])
  t.equal(view().following, true)
  player.seek(world.now - STARTED_AT)
  t.equal(view().following, true, 'a place at the edge is the edge')
})

t.test('a page that was asleep is at the edge as soon as it is awake', async (t) => {
  const { begin, streams, pass, edge } = open(t)
  await begin()
  pass(200, edge())
  const before = edge()
  pass(60_000, before)
  t.strictSame(streams[0]!.calls.slice(-2), ['follow true', 'edge'])
  t.equal(streams.length, 1, 'without being opened anew')
})

t.test('where nothing comes at the edge after a sleep, it is opened anew at once', async (t) => {
  const { begin, streams, pass, edge, video } = open(t)
  await begin()
  pass(200, edge())
  pass(200, edge() + 200)
  pass(60_000, edge())
  video.readyState = 1
  for (let time = 0; time < 4; time++) pass(500, edge() + 500)
  await pause(5)
  t.match(
    streams,
    [{ closed: true }, { opening: { atMs: null }, closed: false }],
    'though its place was moved to the edge',
  )
})

t.test('a picture that goes on after a sleep has the patience of any other', async (t) => {
  const { begin, streams, pass, edge } = open(t)
  await begin()
  pass(200, edge())
  pass(60_000, edge())
  pass(500, edge() + 500)
  const stands = edge()
  for (let time = 0; time < 4; time++) pass(500, stands)
  await pause(5)
  t.equal(streams.length, 1)
})

t.test('a picture that stands still is opened anew, where it was', async (t) => {
  const { begin, streams, pass, edge, player } = open(t)
  await begin()
  pass(200, edge())
  player.seek(400_000)
  for (let time = 0; time < 19; time++) pass(500, 400_000)
  await pause(5)
  t.match(streams, [{ closed: true }, { opening: { atMs: 400_000 } }])
})

t.test('one who paused is not disturbed, and goes on where they were', async (t) => {
  const { begin, streams, pass, player, video, view } = open(t)
  await begin({ atMs: 100_000, playing: false })
  t.equal(video.paused, true)
  t.equal(streams[0]!.opening.atMs, 100_000)
  for (let time = 0; time < 40; time++) pass(500, 100_000)
  t.match(view(), { following: false, playing: false, moving: true })
  t.equal(streams.length, 1)
  player.play()
  t.equal(video.paused, false)
})

t.test('one whom the window has left behind goes on at its beginning', async (t) => {
  const { begin, streams, pass } = open(t)
  await begin({ atMs: 100_000 })
  pass(200, 100_000)
  t.match(streams[0]!.calls.at(-1), /^seek 30/)
})

t.test('takes a new address without a break', async (t) => {
  const { begin, streams, player, next } = open(t)
  await begin()
  next(answer({ url: '/api/live/two/index.m3u8', watermark: '138****8000' }))
  await player.check()
  t.equal(streams.length, 1)
  t.equal(streams[0]!.calls.at(-1), 'renew /api/live/two/index.m3u8')
  t.equal(player.view.get().watermark, '138****8000')
})

t.test('a refused address is asked for anew, a lost right ends it, another device holds it', async (t) => {
  const { begin, streams, next, view } = open(t)
  await begin()
  streams[0]!.events.failed(401)
  await pause(5)
  t.equal(streams.length, 2)
  next(new ApiError('not_entitled'))
  streams[1]!.events.failed(403)
  await pause(600)
  t.match(view(), { phase: 'locked', code: 'not_entitled' })
  t.equal(streams[1]!.closed, true)
})

t.test('stops for another device, and takes over again only when asked to', async (t) => {
  const { begin, asked, player, view } = open(t)
  await begin()
  player.otherPlays('this')
  t.equal(view().phase, 'ready')
  player.otherPlays('another')
  t.match(view(), { phase: 'elsewhere', code: 'taken_over' })
  t.equal(asked.length, 1)
  player.takeOver()
  await pause(1)
  t.match(asked.at(-1), { takeOver: true })
  t.equal(view().phase, 'ready')
})

t.test('a class that cannot be had now is asked for again', async (t) => {
  const { begin, next, view } = open(t, new ApiError('not_live'))
  await begin()
  t.match(view(), { phase: 'opening', code: 'not_live' })
  next(answer())
  await pause(50)
  t.match(view(), { phase: 'ready', code: null })
})

t.test('is gone for good when closed, and lets others play', async (t) => {
  const { begin, streams, player, view, released } = open(t)
  await begin()
  player.close()
  t.equal(streams[0]!.closed, true)
  t.match(view(), { phase: 'closed', moving: false })
  t.strictSame(released, ['this'])
})
