/** Coming into a class: how soon a student sees it, and how many can come in a second. */
import type { Page } from 'playwright-core'
import { MAIN_VIDEO } from '../test/support/class.ts'
import { type Benchmark, owning, type Progress } from './benchmark.ts'
import { type BrowserClass, cardOf, openBrowserClass } from './browser-class.ts'
import { measureJoins } from './joins.ts'
import { percentile } from './statistics.ts'

const ROUNDS = 20

export const join: Benchmark = {
  name: 'join',
  about: 'from the click on a live lesson to its first picture in Chromium; joins a second, and against bare mediasoup',
  aims: { firstFrameMsP95: { atMost: 1000 }, joinsRatioToBare: { atLeast: 0.7 } },
  async run(progress) {
    const firstFrameMs = await owning(async (own) => firstFrames(await openBrowserClass(own), progress))
    const firstFrame = {
      firstFrameMsP50: percentile(firstFrameMs, 50),
      firstFrameMsP95: percentile(firstFrameMs, 95),
    }
    return { ...firstFrame, ...(await measureJoins(progress)) }
  },
}

async function firstFrames(liveClass: BrowserClass, progress: Progress): Promise<number[]> {
  const all: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const page = await liveClass.admit(`student-${round}`)
    const ms = await firstFrame(page, cardOf(liveClass))
    await page.context().close()
    if (round === 0) continue
    all.push(ms)
    progress(`round ${round} of ${ROUNDS}: the first picture after ${Math.round(ms)} ms`)
  }
  return all
}

/** Milliseconds between the page's own click event and the first picture of the teacher that it shows. */
async function firstFrame(page: Page, card: string): Promise<number> {
  await page.waitForSelector(card)
  const seen = await page.evaluateHandle(watchForPicture, MAIN_VIDEO)
  await page.click(card)
  return seen.evaluate(({ picture }) => picture)
}

function watchForPicture(selector: string) {
  let clickedAt = Number.NaN
  addEventListener('click', (event) => (clickedAt = event.timeStamp), { capture: true, once: true })
  const picture = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      const video = document.querySelector<HTMLVideoElement>(selector)
      if (!video) return
      observer.disconnect()
      video.requestVideoFrameCallback((now) => resolve(now - clickedAt))
    })
    observer.observe(document, { childList: true, subtree: true })
  })
  return { picture }
}
