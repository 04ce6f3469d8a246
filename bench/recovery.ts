/** A media worker is killed: how long it takes until students see what the teacher does after that. */
import { MAIN_VIDEO, picture } from '../test/support/class.ts'
import { type Benchmark, owning } from './benchmark.ts'
import { cardOf, openBrowserClass } from './browser-class.ts'
import { nextPictureTakenAfter } from './picture-after.ts'
import { percentile } from './statistics.ts'

const ROUNDS = 20
const SETTLE_MS = 5000

export const recovery: Benchmark = {
  name: 'recovery',
  about: 'from the death of the media worker to a picture that was taken after it',
  aims: { workerKillMsP95: { atMost: 1500 } },
  run: (progress) =>
    owning(async (own) => {
      const liveClass = await openBrowserClass(own)
      const page = await liveClass.admit('student')
      await page.click(cardOf(liveClass))
      await picture(page, MAIN_VIDEO)
      const all: number[] = []
      for (let round = 1; round <= ROUNDS; round++) {
        await page.waitForTimeout(SETTLE_MS)
        const pid = await liveClass.product.call('workerPid')
        const killedAt = Date.now()
        process.kill(pid, 'SIGKILL')
        const ms = (await nextPictureTakenAfter(page, killedAt)) - killedAt
        all.push(ms)
        progress(`round ${round} of ${ROUNDS}: back after ${Math.round(ms)} ms`)
      }
      return { workerKillMsP50: percentile(all, 50), workerKillMsP95: percentile(all, 95) }
    }),
}
