import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { PlayAnswer } from '../../src/playback/schema.ts'
import { ApiError } from '../../web/src/api/errors.ts'
import { Player } from '../../web/src/player/player.ts'
import type { StreamEvents } from '../../web/src/player/stream.ts'
import { Watched } from '../../web/src/player/watched.ts'

t.test('Watched', async (t) => {
  t.test('joins what was played through, and leaves out what was jumped over', async (t) => {
    const watched = new Watched()
    for (const at of [0, 250, 500, 750]) watched.played(at, 1)
    watched.played(60_000, 1)
    for (const at of [60_250, 60_500]) watched.played(at, 1)
    t.strictSame(watched.ranges(), [
      [0, 750],
      [60_000, 60_500],
    ])
  })

  t.test('a faster film makes longer steps', async (t) => {
    const watched = new Watched()
    for (const at of [0, 2500, 5000]) watched.played(at, 2)
    t.strictSame(watched.ranges(), [[0, 5000]])
  })

  t.test('a pause, and going back, join nothing', async (t) => {
    const watched = new Watched()
    watched.played(1000, 1)
    watched.interrupted()
    watched.played(1500, 1)
    watched.played(1200, 1)
    t.strictSame(watched.ranges(), [])
  })

  t.test('what the server has is told no more, what came since is', async (t) => {
    const watched = new Watched()
    for (const at of [0, 500, 1000]) watched.played(at, 1)
    const told = watched.ranges()
    for (const at of [1500, 2000]) watched.played(at, 1)
    watched.confirmed(told)
    t.strictSame(watched.ranges(), [[1000, 2000]])
    watched.confirmed(watched.ranges())
    t.strictSame(watched.ranges(), [])
    watched.played(2500, 1)
    t.strictSame(watched.ranges(), [[2000, 2500]], 'and it goes on from there')
  })
})

const answer = (change: Partial<PlayAnswer> = {}): PlayAnswer => ({
  kind: 'video',
  url: '/api/play/one/index.m3u8',
  expiresInSeconds: 1800,
  positionMs: 0,
  trialSeconds: null,
  durationMs: 100_000,
  width: 640,
  height: 360,
  posterUrl: null,
  live: null,
  replay: null,
  watermark: null,
  ...change,
})

/** A `<video>` that plays when told, without pictures. */
function fakeVideo() {
  return {
    currentTime: 0,
    playbackRate: 1,
    paused: true,
    ended: false,
    seeking: false,
    readyState: 4,
    HAVE_FUTURE_DATA: 3,
    buffered: { length: 0 },
    async play() {
      this.paused = false
    },
    pause() {
      this.paused = true
    },
  }
}

function open(t: Test, first: PlayAnswer | Error = answer()) {
  const video = fakeVideo()
  const answers: (PlayAnswer | Error)[] = [first]
  const asked: { playerId: string; takeOver?: boolean }[] = []
  const reports: { positionMs: number; watched: [number, number][] }[] = []
  const streams: { url: string; positionMs: number; renewed: string[]; closed: boolean; events: StreamEvents }[] = []
  const world = { lease: null as Error | null, reports: null as Error | null }
  const player = new Player({
    playerId: 'this',
    play: async (request) => {
      asked.push(request)
      const next = answers.length > 1 ? answers.shift()! : answers[0]!
      if (next instanceof Error) throw next
      return next
    },
    renewLease: async () => {
      if (world.lease) throw world.lease
    },
    releaseLease: async () => {},
    report: async (report) => {
      if (world.reports) throw world.reports
      reports.push(report)
    },
    openStream: async (_video, { url, positionMs }, events) => {
      const stream = { url, positionMs, renewed: [] as string[], closed: false, events }
      streams.push(stream)
      return {
        renew: (next: string) => stream.renewed.push(next),
        setQuality: () => {},
        close: () => {
          stream.closed = true
        },
      }
    },
  })
  t.teardown(() => player.close())
  const at = (seconds: number, event = 'timeupdate') => {
    video.currentTime = seconds
    player.noticed(event)
  }
  const next = (...given: (PlayAnswer | Error)[]) => answers.splice(0, answers.length, ...given)
  const begin = () => player.open(video as unknown as HTMLVideoElement)
  return { player, video, asked, reports, streams, world, at, next, begin, view: () => player.view.get() }
}

t.test('Player', async (t) => {
  t.test('goes on where the viewer was', async (t) => {
    const { begin, streams, view } = open(t, answer({ positionMs: 42_000 }))
    await begin()
    t.match(streams, [{ url: '/api/play/one/index.m3u8', positionMs: 42_000 }])
    t.match(view(), { phase: 'ready', positionMs: 42_000, durationMs: 100_000, playing: false })
  })

  t.test('asks before it takes over from another device', async (t) => {
    const { begin, view, player, asked, next } = open(t, new ApiError('playing_elsewhere'))
    await begin()
    t.match(view(), { phase: 'elsewhere', code: 'playing_elsewhere' })
    next(answer())
    await player.takeOver()
    t.match(asked.at(-1), { takeOver: true })
    t.match(view(), { phase: 'ready' })
  })

  t.test('stops when another player plays, and not for its own word', async (t) => {
    const { begin, view, player, streams, video } = open(t)
    await begin()
    player.play()
    player.otherPlays('this')
    t.equal(view().phase, 'ready')
    player.otherPlays('another')
    t.match(view(), { phase: 'elsewhere', code: 'taken_over' })
    t.equal(streams[0]!.closed, true)
    t.equal(video.paused, true)
  })

  t.test('is locked when the right has ended', async (t) => {
    const { begin, view, player, next, video, streams } = open(t)
    await begin()
    player.play()
    next(new ApiError('not_entitled'))
    await player.check()
    t.match(view(), { phase: 'locked', code: 'not_entitled', playing: false })
    t.equal(video.paused, true)
    t.equal(streams[0]!.closed, true)
    next(answer())
    await player.check()
    t.match(view(), { phase: 'ready' }, 'and opens again with a new one')
  })

  t.test('takes a new address without a break where nothing else has changed', async (t) => {
    const { begin, player, streams, next } = open(t)
    await begin()
    next(answer({ url: '/api/play/two/index.m3u8' }))
    await player.check()
    t.equal(streams.length, 1)
    t.strictSame(streams[0]!.renewed.at(-1), '/api/play/two/index.m3u8')
  })

  t.test('a trial stops at its end, is not left by seeking, and goes on when bought', async (t) => {
    const { begin, player, view, at, video, next, streams } = open(t, answer({ trialSeconds: 10 }))
    await begin()
    player.play()
    at(9.9)
    t.equal(view().trialOver, false)
    at(10.1)
    t.match(view(), { trialOver: true, positionMs: 10_000 })
    t.equal(video.paused, true)
    player.play()
    t.equal(video.paused, true, 'it cannot be gone on with')
    player.seek(90_000)
    t.equal(video.currentTime, 10)
    player.seek(2000)
    t.equal(view().trialOver, false)
    at(10.1)
    next(answer())
    await player.check()
    t.match(streams[1], { positionMs: 10_000 })
    t.match(view(), { phase: 'ready', trialMs: null, trialOver: false })
  })

  t.test('tells what was watched when it is paused, and again what could not be told', async (t) => {
    const { begin, player, at, reports, world } = open(t)
    await begin()
    player.play()
    for (const seconds of [0, 0.5, 1]) at(seconds)
    world.reports = new ApiError('offline')
    player.pause()
    at(1, 'pause')
    await pause(0)
    t.strictSame(reports, [])
    world.reports = null
    await player.report()
    t.strictSame(reports, [{ positionMs: 1000, watched: [[0, 1000]] }])
    await player.report()
    t.equal(reports.length, 1, 'nothing new is not told')
  })

  t.test('asks what a refused segment means', async (t) => {
    const { begin, view, streams, next } = open(t)
    await begin()
    next(new ApiError('taken_over'))
    streams[0]!.events.failed(409)
    await pause(0)
    t.match(view(), { phase: 'elsewhere', code: 'taken_over' })
  })

  t.test('starts anew with a new address where its own was refused', async (t) => {
    const { begin, view, streams, next, at, player } = open(t)
    await begin()
    player.play()
    at(30)
    next(answer({ url: '/api/play/two/index.m3u8' }))
    streams[0]!.events.failed(401)
    await pause(10)
    t.match(streams[1], { url: '/api/play/two/index.m3u8', positionMs: 30_000 })
    t.match(view(), { phase: 'ready' })
  })

  t.test('gives up what fails again and again', async (t) => {
    const { begin, view, streams } = open(t)
    await begin()
    for (let time = 0; time < 6; time++) {
      streams.at(-1)!.events.failed(404)
      await pause(5)
    }
    t.match(view(), { phase: 'failed' })
  })

  t.test('notices at the next word of its own that the lease was lost', async (t) => {
    const { begin, view, player, world } = open(t)
    await begin()
    world.lease = new ApiError('taken_over')
    player.play()
    await pause(0)
    t.match(view(), { phase: 'elsewhere', code: 'taken_over' })
  })
})
