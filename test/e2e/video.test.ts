import { eq } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import t from 'tap'
import { entitlements, lessons } from '../../db/schema.ts'
import { openPage } from '../support/browser.ts'
import { attend, serveBrowsers, signIn } from '../support/class.ts'
import { clipMaker } from '../support/clips.ts'
import { chinesePdf } from '../support/material.ts'
import { freePort } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'
import { ask } from '../support/tus.ts'
import { checkWatermark, contrastOfWatermark } from '../support/watermark.ts'

const lessonEditor = (courseId: string, lessonId: string) => `/teaching/courses/${courseId}/lessons/${lessonId}`

const VIDEO = 'video[data-testid=video]'

const timeOf = (page: Page) =>
  page.evaluate((video) => document.querySelector<HTMLVideoElement>(video)!.currentTime, VIDEO)
const pausedIn = (page: Page) =>
  page.evaluate((video) => document.querySelector<HTMLVideoElement>(video)!.paused, VIDEO)

/** Until the picture has gone on to this second of the film. */
const reaches = (page: Page, seconds: number) =>
  page.waitForFunction(
    ([video, seconds]) => {
      const { currentTime, videoWidth } = document.querySelector<HTMLVideoElement>(video as string)!
      return videoWidth > 0 && currentTime >= (seconds as number)
    },
    [VIDEO, seconds] as const,
  )

t.test('an uploaded video in the page', async (t) => {
  const port = String(await freePort())
  // Pages come from localhost, what they play from another origin.
  const { server, browser } = await serveBrowsers(t, { PORT: port, MEDIA_URL: `http://127.0.0.1:${port}` })
  const { url, db } = server
  const shelf = createShelf(db, Date.now, server.storage)
  const teacher = await attend(server, browser, 'teacher', 'teacher')
  const buyer = await attend(server, browser, 'buyer', 'student')
  const course = await shelf.course(teacher.id)
  const right = await shelf.entitle(buyer.id, course.id)
  let lessonUrl = ''
  let boughtUrl = ''
  let lessonId = ''

  const signedIn = async (username: string) => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/api/session',
      payload: { username, password: teacher.password },
    })
    return { headers: { authorization: `Bearer ${answer.json().accessToken}` } }
  }

  await t.test('its teacher uploads it in the editor, and sees it become ready', async (t) => {
    const clip = await clipMaker(t)
    const { page } = teacher
    const lesson = await shelf.lesson(course, { kind: 'video', trialSeconds: 8, title: '光从哪里来' })
    lessonId = lesson.id
    lessonUrl = `${url}/lessons/${lesson.id}`
    await page.goto(`${url}${lessonEditor(course.id, lesson.id)}`)
    const field = page.locator('[data-testid=upload-video] input[type=file]')
    await field.setInputFiles({
      name: 'notes.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.from('only words'.repeat(100)),
    })
    await page.locator('[data-testid=upload-failed]', { hasText: '这种类型' }).waitFor()
    await page.getByRole('button', { name: '取消' }).click()
    await field.setInputFiles({ name: '光.mp4', mimeType: 'video/mp4', buffer: await clip('playable') })
    await page.waitForSelector('[data-testid=video-ready]')
    let fileId: string | null = null
    while (!fileId) {
      const [row] = await db.select().from(lessons).where(eq(lessons.id, lesson.id))
      fileId = row!.fileId
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    boughtUrl = `${url}/lessons/${(await shelf.lesson(course, { kind: 'video', fileId, watermark: true })).id}`
  })

  await t.test('who bought it plays it, by pointer and by keys', async (t) => {
    const { page } = buyer
    await page.goto(lessonUrl)
    await page.click('[data-testid=big-play]')
    await reaches(page, 1)
    await page.keyboard.press(' ')
    await page.waitForFunction((video) => document.querySelector<HTMLVideoElement>(video)!.paused, VIDEO)
    const stoppedAt = await timeOf(page)
    await page
      .locator('[data-testid=video-player]')
      .evaluate((player) => (player as HTMLElement).querySelector('button')!.focus())
    await page.keyboard.press('ArrowRight')
    await reaches(page, stoppedAt + 4.5)
    await page.keyboard.press('m')
    t.equal(await page.evaluate((video) => document.querySelector<HTMLVideoElement>(video)!.muted, VIDEO), true)
    await page.keyboard.press('m')
    await page.click('[data-testid=speed]')
    await page.getByRole('menuitemradio', { name: '2×' }).click()
    await page.keyboard.press('k')
    await page.waitForFunction((video) => document.querySelector<HTMLVideoElement>(video)!.playbackRate === 2, VIDEO)
    await page.waitForFunction((video) => !document.querySelector<HTMLVideoElement>(video)!.paused, VIDEO)
  })

  await t.test('what was watched is kept, and it goes on there', async (t) => {
    const { page } = buyer
    await reaches(page, 9)
    await page.keyboard.press('k')
    const from = await signedIn('buyer')
    const progress = async () =>
      JSON.parse((await ask(url, `GET /api/lessons/${lessonId}/progress`, from)).text).progress
    await page.waitForFunction((video) => document.querySelector<HTMLVideoElement>(video)!.paused, VIDEO)
    const at = (await timeOf(page)) * 1000
    while (Math.abs(((await progress())?.positionMs ?? 0) - at) > 300)
      await new Promise((resolve) => setTimeout(resolve, 100))
    const { watched, watchedMs } = await progress()
    t.ok(watched.length >= 2, 'what was jumped over is missing in it')
    t.ok(watchedMs < at - 3000, `${watchedMs} ms of ${at} ms`)
    await page.reload()
    await page.waitForSelector('[data-phase=ready]')
    await page.waitForFunction(
      ([video, at]) =>
        Math.abs(document.querySelector<HTMLVideoElement>(video as string)!.currentTime - (at as number)) < 1.5,
      [VIDEO, at / 1000] as const,
    )
    t.equal(await pausedIn(page), true, 'it waits for a press')
  })

  await t.test('another device is asked, takes over, and the first one pauses and says so', async () => {
    const { page } = buyer
    await page.click('[data-testid=big-play]')
    await page.waitForFunction((video) => !document.querySelector<HTMLVideoElement>(video)!.paused, VIDEO)
    const { page: other, context } = await openPage(browser, { phone: true, locale: 'en-US' })
    await signIn(other, url, buyer)
    await other.goto(lessonUrl)
    await other.waitForSelector('[data-testid=player-elsewhere]')
    await other.click('[data-testid=play-here]')
    await other.waitForSelector('[data-phase=ready]')
    await page.waitForSelector('[data-testid=player-elsewhere]')
    await page.click('[data-testid=play-here]')
    await page.waitForSelector('[data-phase=ready]')
    await other.waitForSelector('[data-testid=player-elsewhere]')
    await context.close()
  })

  await t.test('the viewer’s mark is over it, seen on white and on black, and guarded', async (t) => {
    const { page, id } = buyer
    await page.goto(boughtUrl)
    await page.click('[data-testid=big-play]')
    await reaches(page, 1)
    for (const ground of ['white', 'black', 'gray']) {
      const contrast = await contrastOfWatermark(page, id, ground)
      t.ok(contrast > 90, `${contrast} on ${ground}`)
    }
    await checkWatermark(t, page, id, VIDEO)
  })

  await t.test('a refund locks the open player within a second', async (t) => {
    const { page } = buyer
    const refunded = { revokedAt: Date.now(), revokeReason: 'refunded' as const }
    await db.update(entitlements).set(refunded).where(eq(entitlements.id, right))
    const since = Date.now()
    await server.entitlements.announceRevoked({ userId: buyer.id, courseId: course.id, planId: null })
    await page.waitForSelector('[data-testid=player-locked], [data-testid=lesson-locked]')
    t.ok(Date.now() - since < 1000, `${Date.now() - since} ms`)
    t.ok(await page.evaluate((video) => document.querySelector<HTMLVideoElement>(video)?.paused ?? true, VIDEO))
  })

  await t.test('a trial ends where it should, and what is bought goes on from there without a reload', async (t) => {
    const passer = await attend(server, browser, 'passer', 'student')
    const { page } = passer
    await page.goto(lessonUrl)
    await page.click('[data-testid=big-play]')
    await reaches(page, 6)
    await page.waitForSelector('[data-testid=trial-over]')
    t.equal(await pausedIn(page), true)
    t.ok(Math.abs((await timeOf(page)) - 8) < 0.6, `it stopped at ${await timeOf(page)} s`)
    await page.waitForSelector('[data-testid=trial-over] [data-testid=buy]')
    await shelf.entitle(passer.id, course.id)
    await server.entitlements.announceGranted({ userId: passer.id, courseId: course.id, planId: null })
    await page.waitForSelector('[data-testid=trial-over]', { state: 'detached' })
    await page.waitForSelector('[data-phase=ready]')
    await page.click('[data-testid=big-play]')
    await reaches(page, 10)
    t.strictSame([...passer.trouble, ...buyer.trouble], [])
  })

  await t.test('a Chinese document is read in the page, and where one was is kept', async (t) => {
    const paper = await shelf.stored(
      teacher.id,
      'document',
      chinesePdf('从一盏灯开始', 12),
      'application/pdf',
      '讲义.pdf',
    )
    const reading = await shelf.lesson(course, { kind: 'document', fileId: paper, title: '讲义' })
    const reader = await attend(server, browser, 'reader', 'student')
    await shelf.entitle(reader.id, course.id)
    const { page } = reader
    const fetched: string[] = []
    page.on('request', (request) => fetched.push(request.url()))
    await page.goto(`${url}/lessons/${reading.id}`)
    await page.locator('[data-page="1"]', { hasText: '从一盏灯开始' }).waitFor()
    t.ok(
      fetched.some((each) => each.includes('/cmaps/')),
      'its characters were looked up',
    )
    t.ok(
      fetched.every((each) => each.startsWith(url) || /^(blob|data):/.test(each)),
      'from our own server',
    )
    t.ok((await page.locator('[data-testid=document] canvas').count()) < 8, 'only what is near is drawn')
    const dark = () =>
      page.locator('[data-page="1"] canvas').evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement
        const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
        let dark = 0
        for (let index = 0; index < data.length; index += 4) if (data[index]! < 100 && data[index + 3]! > 0) dark++
        return dark
      })
    t.ok((await dark()) > 500, 'there is ink on the paper')
    const at = (number: number) =>
      page.waitForFunction(
        ([number]) => document.querySelector<HTMLInputElement>('[data-testid=document-page]')!.value === `${number}`,
        [number],
      )
    await page.keyboard.press('ArrowRight')
    await at(2)
    await page.keyboard.press('ArrowLeft')
    await at(1)

    const line = page.locator('[data-page="1"] .pdf-words span', { hasText: '从一盏灯开始' }).first()
    const [paper_, words] = [(await page.locator('[data-page="1"]').boundingBox())!, (await line.boundingBox())!]
    t.ok(words.x > paper_.x && words.x + words.width < paper_.x + paper_.width, 'words stand on the paper')
    await page.keyboard.press('+')
    await page.locator('[data-testid=document-zoom]', { hasText: '125%' }).waitFor()
    const grown = (await line.boundingBox())!.height / words.height
    t.ok(grown > 1.15 && grown < 1.35, `they grow with it, by ${grown}`)
    await page.keyboard.press('0')
    await page.locator('[data-testid=document-zoom]', { hasText: '100%' }).waitFor()
    await line.selectText()
    t.match(await page.evaluate(() => String(getSelection())), '从一盏灯开始')

    await page.waitForSelector('[data-page="12"] .pdf-words span', { state: 'attached' })
    t.ok((await page.locator('[data-testid=document] canvas').count()) < 8, 'and yet only what is near is drawn')
    const found = await page.evaluate(() => {
      let found = 0
      getSelection()!.removeAllRanges()
      while ((window as unknown as { find(words: string): boolean }).find('从一盏灯开始')) found++
      return found
    })
    t.ok(found >= 12, `the browser’s own search finds it ${found} times`)

    await page.locator('[data-page="12"]').evaluate((element) => element.scrollIntoView({ block: 'center' }))
    await at(12)
    const done = async () => {
      const from = await signedIn('reader')
      return JSON.parse((await ask(url, `GET /api/lessons/${reading.id}/progress`, from)).text).progress?.completedAt
    }
    while (!(await done())) await new Promise((resolve) => setTimeout(resolve, 300))
    t.strictSame(reader.trouble, [])
  })
})
