/** Glass to glass: the age of what a student sees, read from a clock in the picture. */
import { readLatencies } from '../test/support/browser.ts'
import { MAIN_VIDEO, picture } from '../test/support/class.ts'
import { type Benchmark, owning } from './benchmark.ts'
import { cardOf, openBrowserClass } from './browser-class.ts'
import { percentile } from './statistics.ts'

const PICTURES = 600
const STEPS = 6
/** Past the first seconds, in which the sender tries out how much the network carries. */
const SETTLE_MS = 10_000

export const glass: Benchmark = {
  name: 'glass',
  about: `age of the picture at a student in Chromium, over ${PICTURES} pictures of a 640×360 camera`,
  aims: { webrtcMsP50: { atMost: 150 } },
  run: (progress) =>
    owning(async (own) => {
      const liveClass = await openBrowserClass(own)
      const page = await liveClass.admit('student')
      await page.click(cardOf(liveClass))
      await picture(page, MAIN_VIDEO)
      await page.waitForTimeout(SETTLE_MS)
      const latencies: number[] = []
      while (latencies.length < PICTURES) {
        latencies.push(...(await readLatencies(page, MAIN_VIDEO, PICTURES / STEPS)))
        progress(`${latencies.length} pictures, ${Math.round(percentile(latencies, 50))} ms old`)
      }
      return { webrtcMsP50: percentile(latencies, 50), webrtcMsP95: percentile(latencies, 95) }
    }),
}
