import type { Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser } from '../support/browser.ts'
import { attend } from '../support/class.ts'
import { makePictures } from '../support/made-up-sender.ts'
import { openRobotClass } from '../support/robot-class.ts'
import { openServer } from '../support/server.ts'

const VIDEO = '[data-testid=video]'
/** Five seconds of each. */
const PICTURES = 150

/** How wide the picture is wherever it was shown while it played, in the order it was. */
const playToTheEnd = (page: Page) =>
  page.$eval(
    VIDEO,
    (video: HTMLVideoElement) =>
      new Promise<number[]>((resolve) => {
        const widths: number[] = []
        const see = () => {
          if (widths.at(-1) !== video.videoWidth) widths.push(video.videoWidth)
          video.requestVideoFrameCallback(see)
        }
        see()
        video.addEventListener('ended', () => resolve(widths), { once: true })
        video.playbackRate = 2
        void video.play()
      }),
  )

t.test('a replay goes on over the moment at which the camera changed its size', async (t) => {
  const server = await openServer({ BROADCAST: 'true' })
  t.teardown(() => server.close())
  const [small, large] = await Promise.all(['320x180', '640x360'].map((size) => makePictures(size, PICTURES, 30)))
  const { lessonId, teacher } = await openRobotClass(t, server, [[...small!, ...large!]])
  const live = server.media.liveBroadcast(lessonId)!
  const isRecorded = async () => {
    const { text } = await live.playlist('v0', {})
    return new Set(text.match(/init-\d+/g)).size >= 3 && live.health.discontinuities >= 2
  }
  for (let tries = 0; !(await isRecorded()) && tries < 400; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  t.ok(await isRecorded(), 'it has changed, and changed back')
  await teacher.request('endClass', {})

  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const student = await attend(server, browser, 'student', 'student')
  await student.page.goto(`${server.url}/lessons/${lessonId}`)
  await student.page.waitForSelector('[data-testid=video-player][data-phase=ready]')
  const widths = await playToTheEnd(student.page)
  t.match(widths.filter(Boolean).join(' '), /^(320 )?640 320/)
  t.strictSame(student.trouble, [])
})
