/** Takes the pictures of the README from a demo that it starts for itself: docs/images/NAME.png. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { lessonUrl, phone, signIn, wide, withDemo } from './demo-in-chromium.ts'

const images = resolve(import.meta.dirname, '../docs/images')

type Shot = {
  name: string
  account?: 'teacher' | 'student'
  viewport: { width: number; height: number }
  locale: 'zh-CN' | 'en-US'
  dark?: boolean
  /** Brings the page to what is to be seen. */
  go(page: Page, url: string): Promise<void>
}

const shots: Shot[] = [
  { name: 'home-wide-light-zh', viewport: wide, locale: 'zh-CN', go: home },
  { name: 'home-phone-dark-en', viewport: phone, locale: 'en-US', dark: true, go: home },
  { name: 'room-wide-light-en', account: 'student', viewport: wide, locale: 'en-US', go: liveRoom },
  { name: 'room-wide-light-zh', account: 'student', viewport: wide, locale: 'zh-CN', go: liveRoom },
  { name: 'room-wide-dark-zh', account: 'student', viewport: wide, locale: 'zh-CN', dark: true, go: liveRoom },
  { name: 'room-phone-light-zh', account: 'student', viewport: phone, locale: 'zh-CN', go: liveRoom },
  { name: 'room-phone-dark-en', account: 'student', viewport: phone, locale: 'en-US', dark: true, go: liveRoom },
  { name: 'check-wide-light-zh', account: 'teacher', viewport: wide, locale: 'zh-CN', go: ownLesson },
  { name: 'console-wide-light-en', account: 'teacher', viewport: wide, locale: 'en-US', go: teach },
]

async function home(page: Page, url: string) {
  await page.goto(url)
  await page.waitForSelector('[data-testid^=frame-]')
}

async function liveRoom(page: Page, url: string) {
  await page.goto(await lessonUrl(page, url, 'live', 'Lin'))
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
  await pause(4000)
}

async function ownLesson(page: Page, url: string) {
  await page.goto(await lessonUrl(page, url, 'upcoming', '轮到你上课了'))
  const openDevices = page.locator('[data-testid=open-devices]')
  await openDevices.or(page.locator('[data-testid=start-class]')).first().waitFor()
  if (await openDevices.isVisible()) await openDevices.click()
  await pause(3000)
}

async function teach(page: Page, url: string) {
  await ownLesson(page, url)
  await page.click('[data-testid=start-class]')
  await page.waitForSelector('[data-testid=live-timer]')
  await pause(6000)
}

async function take(browser: Browser, url: string, { name, account, viewport, locale, dark, go }: Shot) {
  const options: BrowserContextOptions = {
    viewport,
    locale,
    colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: viewport === phone ? 2 : 1,
    permissions: ['camera', 'microphone'],
  }
  const context = await browser.newContext(options)
  const page = await context.newPage()
  if (account) await signIn(page, url, account)
  await go(page, url)
  await page.screenshot({ path: join(images, `${name}.png`) })
  await context.close()
  console.log(`docs/images/${name}.png`)
}

mkdirSync(images, { recursive: true })
const wanted = process.argv.slice(2)
await withDemo(async ({ url, browser }) => {
  for (const shot of shots) if (wanted.length === 0 || wanted.includes(shot.name)) await take(browser, url, shot)
})
