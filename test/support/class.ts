/** A class in real browsers: accounts, sign-in through the page, a teacher who is live, students who watch. */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { launchBrowser, openPage, type PageOptions } from './browser.ts'
import { makeAccount, openServer, type TestServer } from './server.ts'

/** A server, and a browser for those who come to it; both are gone with the test. */
export async function serveBrowsers(t: Pick<Test, 'teardown'>, settings: Record<string, string> = {}) {
  const server = await openServer(settings)
  const browser = await launchBrowser()
  t.teardown(async () => {
    await browser.close()
    await server.close()
  })
  return { server, browser, url: server.url }
}

/** Signs this person in through the sign-in page. */
export async function signIn(page: Page, url: string, { username, password }: { username: string; password: string }) {
  await page.goto(`${url}/sign-in?way=password`)
  await page.fill('input[name=username]', username)
  await page.fill('input[name=password]', password)
  await page.click('[data-testid=sign-in-submit]')
  await page.waitForSelector('[data-testid=user-menu]')
}

export type Attendee = Awaited<ReturnType<typeof attend>>

/** A person with an account and a browser of their own, signed in. */
export async function attend(
  server: TestServer,
  browser: Browser,
  username: string,
  role: 'teacher' | 'student' | 'operator',
  options: PageOptions = {},
) {
  const account = await makeAccount(server, username, username, role)
  const { page, context } = await openPage(browser, options)
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(String(error)))
  await signIn(page, server.url, account)
  return { ...account, page, context, trouble }
}

/** Announces a lesson that this teacher may start now. */
export const announce = (server: TestServer, teacher: Attendee, title = 'Lamps') =>
  server.lessons.create(teacher, { title, startsAt: Date.now() + 60_000 })

/** The teacher opens the lesson, passes the check and goes live. */
export async function goLive({ page }: Pick<Attendee, 'page'>, url: string, lessonId: string) {
  await page.goto(`${url}/lessons/${lessonId}`)
  const openDevices = page.locator('[data-testid=open-devices]')
  const start = page.locator('[data-testid=start-class]')
  const early = page.locator('[data-testid=enter-early]')
  await openDevices.or(start).or(early).first().waitFor()
  if (await early.isVisible()) await early.click()
  await openDevices.or(start).first().waitFor()
  if (await openDevices.isVisible()) await openDevices.click()
  await start.click()
  await page.waitForSelector('[data-testid=live-timer]')
}

export const MAIN_VIDEO = 'video[data-testid=main-video]'

/** The student opens the lesson and sees the first picture. */
export async function watch({ page }: Pick<Attendee, 'page'>, url: string, lessonId: string) {
  await page.goto(`${url}/lessons/${lessonId}`)
  await picture(page, MAIN_VIDEO)
}

/** Resolves when this `<video>` is there and shows a picture that is new. */
export async function picture(page: Page, selector: string) {
  await page.waitForFunction((selector) => {
    const video = document.querySelector<HTMLVideoElement>(selector)
    if (!video || video.videoWidth === 0) return false
    const seen = Number(video.dataset.seen ?? -1)
    const shown = video.getVideoPlaybackQuality().totalVideoFrames
    if (seen === -1 || shown < seen) video.dataset.seen = String(shown)
    return seen !== -1 && shown > seen
  }, selector)
  await page.evaluate((selector) => {
    delete document.querySelector<HTMLVideoElement>(selector)?.dataset.seen
  }, selector)
}

/** The message of the chat with these words, as this person sees it. */
export const messageSeen = ({ page }: Pick<Attendee, 'page'>, text: string) =>
  page.locator('[data-testid=chat-message]', { hasText: text }).waitFor()
