import { statSync } from 'node:fs'
import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t from 'tap'
import { lessons } from '../../db/schema.ts'
import { announce, attend, goLive, serveBrowsers, watch } from '../support/class.ts'
import { checkWatermark } from '../support/watermark.ts'

const VIDEO = '[data-testid=video]'

const placeOf = (page: Page) => page.$eval(VIDEO, (video: HTMLVideoElement) => video.currentTime)
/** Asks the picture to go there, and waits until it is shown. */
async function seek(page: Page, seconds: number) {
  await page.$eval(
    VIDEO,
    (video: HTMLVideoElement, seconds) => {
      video.pause()
      video.currentTime = seconds
    },
    seconds,
  )
  await page.waitForFunction(
    ([selector, seconds]) => {
      const video = document.querySelector<HTMLVideoElement>(selector as string)!
      return !video.seeking && Math.abs(video.currentTime - (seconds as number)) < 0.5
    },
    [VIDEO, seconds] as const,
  )
}
const said = (page: Page) => page.locator('[data-testid=said-messageSent]').allInnerTexts()

t.test('a class that is over is replayed, with its board and what was said', async (t) => {
  const { server, browser, url } = await serveBrowsers(t)
  const teacher = await attend(server, browser, 'teacher', 'teacher', { clockCamera: true })
  const student = await attend(server, browser, 'student', 'student')
  const lesson = await announce(server, teacher)
  await server.db.update(lessons).set({ watermark: true }).where(eq(lessons.id, lesson.id))
  await goLive(teacher, url, lesson.id)
  const startedAt = Date.now()
  await watch(student, url, lesson.id)
  const say = async (text: string) => {
    await student.page.fill('[data-testid=chat-input]', text)
    await student.page.keyboard.press('Enter')
    await student.page.waitForSelector(`[data-testid=chat-message]:has-text("${text}")`)
  }
  const secondsIn = () => (Date.now() - startedAt) / 1000
  const until = async (seconds: number) => student.page.waitForTimeout(Math.max(0, (seconds - secondsIn()) * 1000))

  await until(3)
  await say('early words')
  await say('taken back')
  await student.page.hover('[data-testid=chat-message]:has-text("taken back")')
  await student.page.click('[data-testid=chat-message]:has-text("taken back") [data-testid=message-menu]')
  await student.page.click('[data-testid=delete-message]')
  await until(9)
  await teacher.page.click('[data-testid=board-button]')
  await teacher.page.click('[data-testid=choose-blank]')
  await student.page.waitForSelector('[data-testid=board]')
  const turnedAt = secondsIn()
  await say('late words')
  await until(turnedAt + 5)
  await teacher.page.click('[data-testid=end-class]')
  await teacher.page.click('[data-testid=confirm-end-class]')
  const endedAt = Date.now()
  const { page } = student

  await t.test('it is there within ten seconds of the end, in the page where the class was', async (t) => {
    await page.waitForSelector(`[data-testid=video-player][data-phase=ready]`)
    t.ok(Date.now() - endedAt < 10_000, `${Date.now() - endedAt} ms`)
    await page.click('[data-testid=toggle-play]')
    await page.waitForFunction(
      (selector) => document.querySelector<HTMLVideoElement>(selector)!.currentTime > 0.5,
      VIDEO,
    )
    const { duration, width } = await page.$eval(VIDEO, ({ duration, videoWidth }: HTMLVideoElement) => ({
      duration,
      width: videoWidth,
    }))
    t.ok(width > 0, 'there is a picture')
    t.ok(Math.abs(duration - (endedAt - startedAt) / 1000) < 5, `${duration} s of ${(endedAt - startedAt) / 1000} s`)
  })

  await t.test('what was said and the board follow the picture, forward and back', async (t) => {
    await seek(page, turnedAt + 3)
    await page.waitForSelector('[data-testid=said-messageSent]:has-text("late words")')
    await page.waitForSelector('[data-testid=board]')
    t.match(await said(page), [/early words/, /late words/])
    t.notMatch(String(await said(page)), /taken back/)
    await seek(page, 1)
    await page.waitForSelector('[data-testid=board]', { state: 'detached' })
    await page.waitForSelector('[data-testid=said-messageSent]', { state: 'detached' })
    await seek(page, Math.max(4, turnedAt - 2))
    await page.waitForSelector('[data-testid=said-messageSent]:has-text("early words")')
    t.match(await said(page), [/early words/])
    await page.click('[data-testid=said-messageSent] button')
    await page.waitForFunction((selector) => document.querySelector<HTMLVideoElement>(selector)!.currentTime < 8, VIDEO)
    t.ok((await placeOf(page)) > 1)
  })

  await t.test('what was said flies over the picture when that comes to it', async () => {
    await seek(page, 1)
    const flies = page.waitForFunction(
      (selector) => Number(document.querySelector<HTMLCanvasElement>(selector)?.dataset.flying) > 0,
      '[data-testid=danmaku]',
    )
    await page.click('[data-testid=toggle-play]')
    await flies
    await seek(page, 1)
    await page.waitForSelector('[data-testid=danmaku][data-flying="0"]')
  })

  await t.test('the viewer’s mark is over it, and guarded', async (t) => {
    await page.$eval(VIDEO, (video: HTMLVideoElement) => video.play())
    await checkWatermark(t, page, student.id, VIDEO)
  })

  await t.test(
    'its teacher takes it home as one file, hides it, and students are told that there is none',
    async (t) => {
      await teacher.page.goto(`${url}/lessons/${lesson.id}`)
      const [download] = await Promise.all([
        teacher.page.waitForEvent('download'),
        teacher.page.click('[data-testid=download-replay]'),
      ])
      t.match(download.suggestedFilename(), /\.mp4$/)
      t.ok(statSync(await download.path()).size > 10_000)
      await teacher.page.click('[data-testid=publish-replay]')
      await teacher.page.waitForSelector('[data-testid=publish-replay]:has-text("发布回放")')
      await page.reload()
      await page.waitForSelector('[data-testid=lesson-ended]')
      await page.waitForSelector('[data-testid=replay]', { state: 'detached' })
      await teacher.page.click('[data-testid=publish-replay]')
      await teacher.page.waitForSelector('[data-testid=publish-replay]:has-text("隐藏回放")')
    },
  )

  await t.test('who comes later sees it, too', async (t) => {
    const late = await attend(server, browser, 'late', 'student', { phone: true, locale: 'en-US' })
    await late.page.goto(`${url}/lessons/${lesson.id}`)
    await late.page.waitForSelector('[data-testid=video-player][data-phase=ready]')
    t.strictSame(late.trouble, [])
    await late.context.close()
  })
})
