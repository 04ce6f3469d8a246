/** A media worker is killed: how long it takes until students see what the teacher does after that. */
import type { Page } from 'playwright-core'
import { CLOCK_BITS } from '../test/support/browser.ts'
import { MAIN_VIDEO, picture } from '../test/support/class.ts'
import { type Benchmark, owning } from './benchmark.ts'
import { cardOf, openBrowserClass } from './browser-class.ts'
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

/** When the student is shown the first picture whose clock is past `since`; both in milliseconds since 1970. */
const nextPictureTakenAfter = (page: Page, since: number): Promise<number> =>
  page.evaluate(
    ([selector, since, bits]) =>
      new Promise<number>((resolve) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 36 })
        const context = canvas.getContext('2d', { willReadFrequently: true })!
        let watched: HTMLVideoElement | null = null
        const isNew = (video: HTMLVideoElement) => {
          context.drawImage(video, 0, 0, canvas.width, canvas.height)
          const row = context.getImageData(0, 9, canvas.width, 1).data
          let clock = 0
          for (let bit = 0; bit < bits; bit++)
            if (row[Math.floor(((bit + 0.5) * canvas.width) / bits) * 4]! > 127) clock += 2 ** bit
          const modulo = 2 ** bits
          const ahead = (((clock - since) % modulo) + modulo) % modulo
          return ahead < 60_000
        }
        const look = () => {
          const video = document.querySelector<HTMLVideoElement>(selector)
          if (video === watched) return
          watched = video
          video?.requestVideoFrameCallback(function read(now) {
            if (video !== watched) return
            if (!isNew(video)) return video.requestVideoFrameCallback(read)
            clearInterval(looking)
            resolve(performance.timeOrigin + now)
          })
        }
        const looking = setInterval(look, 10)
        look()
      }),
    [MAIN_VIDEO, since, CLOCK_BITS] as const,
  )
