import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { defaultHlsOptions } from '../../../sfu/hls/ports.ts'
import { Rendition } from '../../../sfu/hls/rendition.ts'

const PART_SECONDS = 0.2

/** A rendition whose parts are one byte each, and a store that can be told to fail. */
function open(options = {}) {
  const stored = new Map<number, Buffer>()
  const state = { fails: false }
  const rendition = new Rendition({
    id: 'v0',
    startedAt: Date.UTC(2026, 0, 1),
    firstMsn: 0,
    firstInit: 0,
    discontinuitiesBefore: 0,
    options: { ...defaultHlsOptions, ...options },
    async store({ msn, bytes }) {
      if (!state.fails) stored.set(msn, bytes)
      return !state.fails
    },
    storeInit() {},
    read: async (msn) => stored.get(msn),
    reports: () => [{ id: 'opus', msn: 7, part: 3 }],
  })
  const init = rendition.addInit(Buffer.from('init'))
  let seconds = 0
  const part = (text = 'p') => {
    rendition.add({ seconds: PART_SECONDS, independent: false, bytes: Buffer.from(text) })
    seconds += PART_SECONDS
    rendition.announce()
  }
  const begin = (msn: number, discontinuity = false) => {
    rendition.finish()
    rendition.begin({ msn, startSeconds: seconds, init, discontinuity, independent: true })
  }
  const segment = async (msn: number, parts = 10, discontinuity = false) => {
    begin(msn, discontinuity)
    for (let index = 0; index < parts; index++) part(`${msn}.${index} `)
    await pause(0)
  }
  return { rendition, begin, part, segment, state }
}

t.test('a blocking reload waits for exactly what it asks for', async (t) => {
  // Segments 0 and 1 are whole, of ten parts each; of segment 2 there are three parts.
  const table: [ask: { msn?: number; part?: number }, now: 'ok' | 'waits' | 'too_far'][] = [
    [{}, 'ok'],
    [{ msn: 0 }, 'ok'],
    [{ msn: 1 }, 'ok'],
    [{ msn: 2 }, 'waits'],
    [{ msn: 3 }, 'waits'],
    [{ msn: 4 }, 'too_far'],
    [{ msn: 0, part: 99 }, 'ok'],
    [{ msn: 1, part: 9 }, 'ok'],
    [{ msn: 1, part: 10 }, 'ok'],
    [{ msn: 2, part: 2 }, 'ok'],
    [{ msn: 2, part: 3 }, 'waits'],
    [{ msn: 2, part: 17 }, 'waits'],
    [{ msn: 2, part: 18 }, 'too_far'],
    [{ msn: 3, part: 0 }, 'waits'],
    [{ msn: 4, part: 0 }, 'too_far'],
    [{ part: 1 }, 'too_far'],
  ]
  for (const [ask, expected] of table) {
    const { rendition, segment } = open()
    await segment(0)
    await segment(1)
    await segment(2, 3)
    const answer = await Promise.race([rendition.playlist(ask), pause(5)])
    t.equal(answer ? answer.status : 'waits', expected, JSON.stringify(ask))
    await rendition.end()
  }
})

t.test(
  'the next part answers all who wait for it, and the first of a segment those who asked past the end',
  async (t) => {
    const { rendition, segment, part, begin } = open()
    await segment(0, 3)
    const next = [rendition.playlist({ msn: 0, part: 3 }), rendition.playlist({ msn: 0, part: 3, skip: true })]
    const past = rendition.playlist({ msn: 0, part: 4 })
    part()
    const answers = await Promise.all(next)
    t.ok(answers.every(({ text }) => text.includes('URI="0.3.m4s"')))
    begin(1)
    part()
    t.match((await past).text, /URI="1\.0\.m4s"/)
  },
)

t.test('a wait ends when it has lasted three target durations', async (t) => {
  const { rendition, segment } = open({ targetDurationSeconds: 0.01 })
  await segment(0, 1)
  t.equal((await rendition.playlist({ msn: 0, part: 1 })).status, 'timeout')
})

t.test('a hinted part is given once it is there, and one that never came is not', async (t) => {
  const { rendition, segment, part, begin } = open()
  await segment(0, 2)
  const hinted = rendition.part(0, 2)
  part('the third')
  t.equal(String(await hinted), 'the third')
  const never = rendition.part(0, 3)
  begin(1)
  part()
  t.equal(await never, undefined)
  t.equal(await rendition.part(40, 0), undefined)
})

t.test('a playlist says all that low latency needs', async (t) => {
  const { rendition, segment } = open()
  await segment(0)
  await segment(1, 2, true)
  const { text } = await rendition.playlist({})
  t.equal(
    text.split('#EXT-X-PART:')[0],
    [
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      '#EXT-X-TARGETDURATION:3',
      '#EXT-X-MEDIA-SEQUENCE:0',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-PART-INF:PART-TARGET=0.200',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.600,HOLD-BACK=9.0,CAN-SKIP-UNTIL=18.0',
      '#EXT-X-MAP:URI="init-0.mp4"',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z',
      '',
    ].join('\n'),
  )
  t.equal(
    text.slice(text.indexOf('#EXTINF')),
    [
      '#EXTINF:2.00000,',
      '0.m4s',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z',
      '#EXT-X-PART:DURATION=0.20000,URI="1.0.m4s"',
      '#EXT-X-PART:DURATION=0.20000,URI="1.1.m4s"',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1.2.m4s"',
      '#EXT-X-RENDITION-REPORT:URI="../opus/index.m3u8",LAST-MSN=7,LAST-PART=3',
      '',
    ].join('\n'),
  )
})

t.test(
  'a delta update leaves out what is older than six target durations, and lists what the whole one lists',
  async (t) => {
    const { rendition, segment } = open()
    for (let msn = 0; msn < 15; msn++) await segment(msn)
    const [full, delta] = [(await rendition.playlist({})).text, (await rendition.playlist({ skip: true })).text]
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta)![1])
    t.equal(skipped, 5)
    const listed = (text: string) => text.split('\n').filter((line) => /^\d+\.m4s$/.test(line))
    t.strictSame(listed(delta), listed(full).slice(skipped))
    t.notMatch(delta, /EXT-X-MAP/, 'the init segment is that of what was skipped')
  },
)

t.test('what has left the window is gone, what has left the memory is read from the store', async (t) => {
  const { rendition, segment } = open({ windowSeconds: 30 })
  for (let msn = 0; msn < 30; msn++) await segment(msn, 10, msn === 3)
  await rendition.end()
  t.equal(rendition.segments[0]!.msn, 15)
  t.match((await rendition.playlist({})).text, /DISCONTINUITY-SEQUENCE:1\n/)
  t.equal(rendition.segments[0]!.bytes, undefined)
  t.equal(await rendition.segment(14), undefined)
  t.match(String(await rendition.segment(15)), /^15\.0 15\.1/)
  t.equal(String(await rendition.segment(29)), Array.from({ length: 10 }, (_, part) => `29.${part} `).join(''))
})

t.test('a store that fails costs the segments it failed at and those before, once they leave the memory', async (t) => {
  const { rendition, segment, state } = open()
  for (let msn = 0; msn < 40; msn++) {
    state.fails = msn === 6
    await segment(msn)
  }
  t.equal(rendition.segments[0]!.msn, 6)
})

t.test('an ended rendition lists whole segments only, and answers at once', async (t) => {
  const { rendition, segment } = open()
  await segment(0)
  const waiting = rendition.playlist({ msn: 1, part: 0 })
  await rendition.end()
  const { text } = await waiting
  t.match(text, /0\.m4s\n#EXT-X-ENDLIST\n$/)
  t.notMatch(text, /EXT-X-PART:|PRELOAD-HINT|SERVER-CONTROL/)
  t.equal((await rendition.playlist({ msn: 9 })).status, 'ok')
})

t.test('for standard latency there are whole segments after their keys, and init segments in the clear', async (t) => {
  const { rendition, segment } = open()
  await segment(0)
  await segment(1)
  rendition.finish()
  const init = rendition.addInit(Buffer.from('another'))
  rendition.begin({ msn: 2, startSeconds: 4, init, discontinuity: true, independent: true })
  rendition.add({ seconds: 2, independent: true, bytes: Buffer.from('x') })
  rendition.finish()
  const text = rendition.standardPlaylist(
    () => '#EXT-X-KEY:K',
    (msn) => `${msn}.enc.m4s`,
  )
  const told = text.split('\n').filter((line) => /MAP|KEY|m4s/.test(line))
  t.strictSame(told, [
    '#EXT-X-MAP:URI="init-0.mp4"',
    '#EXT-X-KEY:K',
    '0.enc.m4s',
    '1.enc.m4s',
    '#EXT-X-KEY:METHOD=NONE',
    '#EXT-X-MAP:URI="init-1.mp4"',
    '#EXT-X-KEY:K',
    '2.enc.m4s',
  ])
})
