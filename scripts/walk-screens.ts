/**
 * `npm run screens -- FOLDER [words…]`: walks every screen of a demo and keeps a picture of each, on wide screens and
 * phones, light and dark, in both languages; with words, only those whose names have all of them. Says what is wider
 * than its screen, and what went wrong in a page.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { lessonUrl, phone, signIn, wide, withDemo } from './demo-in-chromium.ts'
import { type Scene, setScene } from './demo-scene.ts'

/** By its address, or by the way to it. */
type Screen = [name: string, way: string | ((page: Page, scene: Scene) => Promise<unknown>)]

const press =
  (path: string, ...selectors: string[]) =>
  async (page: Page, { url }: Scene) => {
    await page.goto(url + path)
    for (const selector of selectors) await page.click(selector)
  }
const lesson = (title: string) => (page: Page, scene: Scene) => page.goto(scene.lesson(title))

const visitor: Screen[] = [
  ['home', '/'],
  ['catalogue', '/courses'],
  ['catalogue-nothing', '/courses?search=zzzz'],
  ['course', (page, { url, course }) => page.goto(`${url}/courses/${course('街头摄影')}`)],
  ['membership', '/membership'],
  ['sign-in', '/sign-in'],
  ['sign-in-password', '/sign-in?way=password'],
  ['sign-up', '/sign-up'],
  ['not-found', '/nowhere'],
  ['lesson-locked', lesson('怎样靠近陌生人')],
  ['live-intro', (page, { liveLesson }) => page.goto(liveLesson)],
]

const student: Screen[] = [
  ['home', '/'],
  ['course-to-buy', (page, { url, course }) => page.goto(`${url}/courses/${course('直播课的幕后')}`)],
  ['course-owned', (page, { url, course }) => page.goto(`${url}/courses/${course('街头摄影')}`)],
  ['checkout', (page, { url, course }) => page.goto(`${url}/checkout?course=${course('直播课的幕后')}`)],
  ['checkout-code', payCode],
  ['checkout-owned', (page, { url, course }) => page.goto(`${url}/checkout?course=${course('街头摄影')}`)],
  ['learning', '/learning'],
  ['orders', '/orders'],
  ['membership', '/membership'],
  ['account', '/account'],
  ['welcome', '/welcome'],
  ['article', lesson('先看光')],
  ['article-locked', lesson('网络断了以后')],
  ['video', lesson('影子的一天')],
  ['document', lesson('街头摄影清单')],
  ['live-upcoming', lesson('直播点评')],
  ['room', room],
  ['ended', async (page, { url }) => page.goto(await lessonUrl(page, url, 'ended'))],
]

const teacher: Screen[] = [
  ['teaching', '/teaching'],
  ['new-course', press('/teaching', '[data-testid=new-course]')],
  ['new-lesson', press('/teaching', '[data-testid=new-lesson]')],
  ['editor', (page, { url, course }) => page.goto(`${url}/teaching/courses/${course('街头摄影')}`)],
  ...['basics', 'publish'].map((tab): Screen => [`editor-${tab}`, (page, scene) => editorTab(page, scene, tab)]),
  ['lesson-editor', (page, scene) => lessonEditor(page, scene, '先看光')],
  ['video-editor', (page, scene) => lessonEditor(page, scene, '影子的一天')],
  ['sales', '/teaching/sales'],
  ['console-check', (page, { ownLesson }) => page.goto(ownLesson)],
  ['console', teach],
]

const operator: Screen[] = [
  ['orders', '/operator/orders'],
  ['order', press('/operator/orders', 'a[href*="/operator/orders/"]')],
  ['refunds', '/operator/refunds?filter=all'],
  ['refunds-waiting', '/operator/refunds'],
  ['reconciliation', '/operator/reconciliation'],
  ['coupons', '/operator/coupons'],
  ['new-coupon', press('/operator/coupons', '[data-testid=new-coupon]')],
  ['catalogue', '/operator/catalogue'],
  ['new-plan', press('/operator/catalogue', '[data-testid=new-plan]')],
  ['users', '/operator/users'],
  ['audit', '/operator/audit'],
]

const walks = Object.entries({ visitor, student, teacher, operator })

async function payCode(page: Page, { url, course }: Scene) {
  await page.goto(`${url}/checkout?course=${course('直播课的幕后')}`)
  const consent = page.locator('[data-testid=consent]')
  const code = page.locator('[data-testid=pay-code], [data-testid=open-provider]').first()
  await consent.or(code).first().waitFor()
  if (await code.isVisible()) return
  await consent.check()
  await page.click('[data-testid=pay]')
  await code.waitFor()
}

async function room(page: Page, { liveLesson }: Scene) {
  await page.goto(liveLesson)
  await page.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0)
  await pause(3000)
}

async function teach(page: Page, { ownLesson }: Scene) {
  await page.goto(ownLesson)
  const openDevices = page.locator('[data-testid=open-devices]')
  const start = page.locator('[data-testid=start-class]')
  const timer = page.locator('[data-testid=live-timer]')
  await openDevices.or(start).or(timer).first().waitFor()
  if (await openDevices.isVisible()) await openDevices.click()
  if (!(await timer.isVisible())) await start.click()
  await timer.waitFor()
  await pause(3000)
}

async function editorTab(page: Page, { url, course }: Scene, tab: string) {
  await page.goto(`${url}/teaching/courses/${course('街头摄影')}`)
  await page.click(`[data-testid=tab-${tab}]`)
}

const lessonEditor = (page: Page, { url, course, lesson }: Scene, title: string) =>
  page.goto(`${url}/teaching/courses/${course('街头摄影')}/lessons/${lesson(title).split('/').at(-1)}`)

async function walk(browser: Browser, scene: Scene, [who, screens]: (typeof walks)[number], viewport: typeof wide) {
  const small = viewport === phone
  const context = await browser.newContext({ viewport, hasTouch: small, permissions: ['camera', 'microphone'] })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  if (who !== 'visitor') await signIn(page, scene.url, who)
  for (const [theme, language] of themes) {
    await page.emulateMedia({ colorScheme: theme })
    if (page.url() === 'about:blank') await page.goto(scene.url)
    await page.evaluate((language) => localStorage.setItem('language', language), language)
    for (const [name, way] of screens) {
      const picture = `${who}-${name}-${small ? 'phone' : 'wide'}-${theme}-${language.slice(0, 2)}`
      if (!words.every((word) => picture.includes(word))) continue
      await take(page, scene, picture, way).catch((error) => console.log(`${picture}: ${String(error).split('\n')[0]}`))
    }
  }
  await context.close()
}

async function take(page: Page, scene: Scene, picture: string, way: Screen[1]) {
  const complain = (error: Error) => console.log(`${picture}: ${error.message}`)
  page.on('pageerror', complain)
  try {
    await (typeof way === 'string' ? page.goto(scene.url + way) : way(page, scene))
    await page.waitForFunction(() => !document.querySelector('.animate-shimmer'), undefined, { timeout: 5000 })
    await pause(400)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (over > 0) console.log(`${picture}: ${over} px wider than the screen`)
  } finally {
    await page.screenshot({ path: join(folder!, `${picture}.png`), fullPage: true })
    page.off('pageerror', complain)
  }
}

const [folder, ...words] = process.argv.slice(2)
const themes = [
  ['light', 'zh-CN'],
  ['dark', 'en'],
  ['light', 'en'],
  ['dark', 'zh-CN'],
] as const
if (!folder) throw new Error('npm run screens -- FOLDER [words…]')
mkdirSync(folder, { recursive: true })
await withDemo(async (demo) => {
  const scene = await setScene(demo)
  for (const each of walks) for (const viewport of [wide, phone]) await walk(demo.browser, scene, each, viewport)
})
