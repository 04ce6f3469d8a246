import { execFileSync } from 'node:child_process'
import t from 'tap'
import { launchBrowser } from '../../support/browser.ts'
import { announce, attend, goLive } from '../../support/class.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { openServer } from '../../support/server.ts'

const WATCH_MS = 14_000

t.test('what Chromium sends keeps every rule, in all its layers, and ffmpeg takes it without a word', async (t) => {
  const server = await openServer({ BROADCAST: 'true' })
  t.teardown(() => server.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const teacher = await attend(server, browser, 'teacher', 'teacher', {
    clockCamera: true,
    camera: { width: 640, height: 360 },
  })
  const { id } = await announce(server, teacher)
  await goLive(teacher, server.url, id)
  const live = server.media.liveBroadcast(id)!
  t.match(await live.multivariant(), /CODECS="avc1\.42[0-9a-f]{4},Opus"/)
  const lints = new Map(['v0', 'v1', 'opus'].map((rendition) => [rendition, new HlsLint()]))
  const ages: number[] = []
  for (const end = Date.now() + WATCH_MS; Date.now() < end; ) {
    const { text } = await live.playlist('v0', {})
    const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
    await live.playlist('v0', { msn: Number(msn), part: Number(part) })
    ages.push(Date.now() - edgeOf((await live.playlist('v0', {})).text))
    for (const [rendition, lint] of lints) {
      const answer = await live.playlist(rendition, {})
      if (answer.status === 'ok') lint.check(answer.text)
    }
  }
  for (const [rendition, { violations }] of lints) t.strictSame([...violations], [], rendition)
  const middle = ages.sort((a, b) => a - b)[ages.length >> 1]!
  t.ok(middle < 250, `the edge is ${middle} ms old`)
  t.equal(live.health.forcedCuts, 0)
  t.strictSame(live.health.warnings, [])
  t.comment(JSON.stringify(live.health), `edge ${middle} ms`)
  const { text } = await live.playlist('v1', {})
  const init = live.init('v1', Number([...text.matchAll(/init-(\d+)\.mp4/g)].at(-1)![1]))!
  const whole = [...text.matchAll(/\n(\d+)\.m4s/g)].slice(-4).map(([, msn]) => live.segment('v1', Number(msn)))
  const film = Buffer.concat([init, ...(await Promise.all(whole)).map((segment) => segment!)])
  const said = execFileSync(
    'sh',
    ['-c', 'ffmpeg -v warning -nostdin -f mp4 -i pipe:0 -fps_mode passthrough -enc_time_base -1 -f null - 2>&1'],
    { input: film, encoding: 'utf8' },
  )
  t.equal(said, '')
})

/** The server's time of the end of the last part. */
function edgeOf(text: string): number {
  const last = text.split('#EXT-X-PROGRAM-DATE-TIME:').at(-1)!
  const seconds = [...last.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g)].reduce((sum, [, each]) => sum + Number(each), 0)
  return Date.parse(last.split('\n')[0]!) + seconds * 1000
}
