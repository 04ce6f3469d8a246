/** How old the picture of the broadcast is, beside HLS as ffmpeg makes it and WebRTC, of the same class at once. */
import { readLatencies } from '../test/support/browser.ts'
import { MAIN_VIDEO, picture } from '../test/support/class.ts'
import { type Benchmark, owning } from './benchmark.ts'
import { cardOf, openBrowserClass } from './browser-class.ts'
import { percentile } from './statistics.ts'

const ROUNDS = 3
const PICTURES = 40
/** Past the first seconds, in which players find their distance from the edge. */
const SETTLE_MS = 10_000

export const hls: Benchmark = {
  name: 'hls',
  about: 'age of the picture in hls.js over low-latency HLS, over HLS by ffmpeg, and over WebRTC, of the same class',
  aims: { llMsP50: { atMost: 1200 }, llMsP95: { atMost: 1500 }, timesNearer: { atLeast: 5 } },
  run: (progress) =>
    owning(async (own) => {
      const liveClass = await openBrowserClass(own, { BROADCAST: 'true' })
      const student = await liveClass.admit('student')
      await student.click(cardOf(liveClass))
      await picture(student, MAIN_VIDEO)
      const url = await liveClass.product.call('openHls', liveClass.lessonId)
      await student.waitForTimeout(SETTLE_MS / 2)
      const watch = async (playlist: string) => {
        const page = await (await liveClass.browser.newContext()).newPage()
        await page.goto(`${url}/page.html#${playlist}`)
        await picture(page, 'video')
        return page
      }
      const [near, far] = [await watch('/live/index.m3u8'), await watch('/rival/index.m3u8')]
      await student.waitForTimeout(SETTLE_MS)
      const ages = { ll: [] as number[], ffmpeg: [] as number[], webrtc: [] as number[] }
      for (let round = 1; round <= ROUNDS; round++) {
        ages.ll.push(...(await readLatencies(near, 'video', PICTURES)))
        ages.ffmpeg.push(...(await readLatencies(far, 'video', PICTURES)))
        ages.webrtc.push(...(await readLatencies(student, MAIN_VIDEO, PICTURES)))
        progress(`round ${round} of ${ROUNDS}: ${Math.round(percentile(ages.ll, 50))} ms old over LL-HLS`)
      }
      const [llMsP50, ffmpegMsP50] = [percentile(ages.ll, 50), percentile(ages.ffmpeg, 50)]
      return {
        llMsP50,
        llMsP95: percentile(ages.ll, 95),
        ffmpegMsP50,
        timesNearer: ffmpegMsP50 / llMsP50,
        webrtcMsP50: percentile(ages.webrtc, 50),
      }
    }),
}
