/** What it costs a media worker to forward one packet, against the same worker under mediasoup's bare API. */
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { launchBrowser } from '../test/support/browser.ts'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { makeClip, sendClip } from './clip.ts'
import { openLiveClass } from './live-class.ts'
import type { ViewersPage } from './page/viewers.ts'
import type { BareMedia } from './servers/bare-media.ts'
import { median } from './statistics.ts'

const VIEWERS = 30
const ROUNDS = 5
/** Past the next key frame, and the first retransmissions. */
const SETTLE_MS = 3000
const MEASURE_MS = 12_000

export const forward: Benchmark = {
  name: 'forward',
  about: `media worker CPU per forwarded packet, one teacher and ${VIEWERS} viewers in Chromium`,
  aims: { ratioToBare: { atMost: 1.05 } },
  run: (progress) =>
    owning(async (own) => {
      progress(`bringing ${2 * VIEWERS} viewers in`)
      const [clip, code] = await Promise.all([makeClip(), viewersCode()])
      const browser = own(await launchBrowser(), (each) => each.close())
      const ours = await openClass(own, browser, { clip, code })
      const bare = await openBare(own, browser, { clip, code })
      const oursMicros: number[] = []
      const bareMicros: number[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        oursMicros.push(await measure(ours, (text) => progress(`round ${round} of ${ROUNDS}, ours: ${text}`)))
        bareMicros.push(await measure(bare, (text) => progress(`round ${round} of ${ROUNDS}, bare: ${text}`)))
      }
      const microsPerPacket = median(oursMicros)
      return { microsPerPacket, ratioToBare: microsPerPacket / median(bareMicros) }
    }),
}

type Material = { clip: string; code: string }
type Meter = { workerCpuMs(): Promise<number>; forwardedPackets(): Promise<number>; consumers(): number }
type Side = { server: Pick<Child<Meter>, 'call'>; page: Page }

async function openClass(own: Own, browser: Browser, { clip, code }: Material): Promise<Side> {
  const { product, lessonId, teacherId, socketAddress } = await openLiveClass(own)
  sendClip(own, clip, await product.call('openIngest', lessonId, teacherId))
  const names = Array.from({ length: VIEWERS }, (_, index) => `viewer-${index}`)
  const tickets = await product.call('signTickets', lessonId, 'student', names)
  const addresses = tickets.map((ticket) => `${socketAddress}?ticket=${ticket}`)
  return bringIn(browser, code, addresses, product as unknown as Side['server'])
}

async function openBare(own: Own, browser: Browser, { clip, code }: Material): Promise<Side> {
  const bare = own(await Child.start<BareMedia>('servers/bare-media.ts'), (each) => each.close())
  sendClip(own, clip, await bare.call('openIngest'))
  const address = await bare.call('socketAddress')
  const addresses = Array.from({ length: VIEWERS }, () => address)
  return bringIn(browser, code, addresses, bare as unknown as Side['server'])
}

/** Opens the viewers in a page of their own, and waits until each has seen moving pictures. */
async function bringIn(browser: Browser, code: string, addresses: string[], server: Side['server']): Promise<Side> {
  const page = await browser.newPage()
  await page.evaluate(code)
  await run(page, 'open', addresses)
  for (let tries = 0; tries < 120; tries++) {
    const frames = await run(page, 'framesDecoded')
    if (frames.every((count) => count > 10)) {
      await run(page, 'setPaused', true)
      return { server, page }
    }
    await pause(500)
  }
  throw new Error(`the viewers see nothing: ${await run(page, 'framesDecoded')}`)
}

/** Microseconds of worker CPU per packet that left it, while nobody else is served. */
async function measure({ server, page }: Side, progress: Progress): Promise<number> {
  await run(page, 'setPaused', false)
  await pause(SETTLE_MS)
  const [cpuBefore, packetsBefore] = [await server.call('workerCpuMs'), await server.call('forwardedPackets')]
  await pause(MEASURE_MS)
  const [cpuAfter, packetsAfter] = [await server.call('workerCpuMs'), await server.call('forwardedPackets')]
  await run(page, 'setPaused', true)
  const packets = packetsAfter - packetsBefore
  if (packets === 0) throw new Error('nothing was forwarded')
  const micros = ((cpuAfter - cpuBefore) * 1000) / packets
  progress(`${micros.toFixed(2)} µs per packet, ${packets} packets to ${await server.call('consumers')} consumers`)
  return micros
}

const run = <K extends keyof ViewersPage>(page: Page, name: K, ...args: Parameters<ViewersPage[K]>) =>
  page.evaluate(
    ([name, args]) =>
      (globalThis as unknown as { viewersPage: Record<string, (...args: unknown[]) => unknown> }).viewersPage[name]!(
        ...args,
      ),
    [name, args] as [string, unknown[]],
  ) as Promise<Awaited<ReturnType<ViewersPage[K]>>>

/** The page's script, bundled. */
async function viewersCode(): Promise<string> {
  const entry = resolve(import.meta.dirname, 'page/viewers.ts')
  const bundle = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['iife'], name: 'viewers' } },
  })
  const [output] = [bundle].flat() as { output: { code: string }[] }[]
  return output!.output[0]!.code
}
