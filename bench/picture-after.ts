/** When a page shows what was filmed after a moment. */
import type { Page } from 'playwright-core'
import { CLOCK_BITS } from '../test/support/browser.ts'
import { MAIN_VIDEO } from '../test/support/class.ts'

/** When the student is shown the first picture whose clock is past `since`; both in milliseconds since 1970. */
export const nextPictureTakenAfter = (page: Page, since: number): Promise<number> =>
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
