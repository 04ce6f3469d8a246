/** Every screen of a demo, by who sees it: for those who take pictures of them, and those who check them. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { lessonUrl } from './demo-in-chromium.ts'
import type { Scene } from './demo-scene.ts'

/** By its address, or by the way to it. */
export type Way = string | ((page: Page, scene: Scene) => Promise<unknown>)
export type Screen = [name: string, way: Way]
export type Who = keyof typeof screens

/** Goes there, and waits until nothing is still coming. */
export async function visit(page: Page, scene: Scene, way: Way): Promise<void> {
  await (typeof way === 'string' ? page.goto(scene.url + way) : way(page, scene))
  await page.waitForFunction(() => !document.querySelector('.animate-shimmer'), undefined, { timeout: 5000 })
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
    await Promise.allSettled(ending.map(({ finished }) => finished))
  })
}

const press =
  (path: string, ...selectors: string[]) =>
  async (page: Page, { url }: Scene) => {
    await page.goto(url + path)
    for (const selector of selectors) await page.click(selector)
  }
const course =
  (title: string, path = (id: string) => `/courses/${id}`) =>
  (page: Page, scene: Scene) =>
    page.goto(scene.url + path(scene.course(title)))
const lesson = (title: string) => (page: Page, scene: Scene) => page.goto(scene.lesson(title))
const checkout = (id: string) => `/checkout?course=${id}`

/** While nothing under this path is answered. */
const unanswered =
  (api: string, path: string) =>
  async (page: Page, { url }: Scene) => {
    await page.route(api, (route) => route.abort())
    await page.goto(url + path)
    await page.getByRole('alert').first().waitFor()
    await page.unroute(api)
  }

const visitor: Screen[] = [
  ['home', '/'],
  ['catalogue', '/courses'],
  ['catalogue-nothing', '/courses?search=zzzz'],
  ['course', course('街头摄影')],
  ['membership', '/membership'],
  ['sign-in', '/sign-in'],
  ['sign-in-password', '/sign-in?way=password'],
  ['sign-in-wrong', press('/sign-in?way=password', '[data-testid=sign-in-submit]')],
  ['sign-up', '/sign-up'],
  ['terms', '/terms'],
  ['privacy', '/privacy'],
  ['checkout', course('街头摄影', checkout)],
  ['not-found', '/nowhere'],
  ['lesson-locked', lesson('怎样靠近陌生人')],
  ['live-intro', (page, { liveLesson }) => page.goto(liveLesson)],
]

const student: Screen[] = [
  ['home', '/'],
  ['menu', press('/', '[data-testid=user-menu]')],
  ['course-to-buy', course('直播课的幕后')],
  ['course-owned', course('街头摄影')],
  ['checkout', course('直播课的幕后', checkout)],
  ['checkout-coupon', wrongCoupon],
  ['checkout-agreement', agreement],
  ['checkout-code', payCode],
  ['checkout-renewal', course('街头摄影', checkout)],
  ['checkout-owned', course('把话说清楚', checkout)],
  ['checkout-paid', (page, { url, paidOrder }) => page.goto(`${url}/checkout?order=${paidOrder}`)],
  ['checkout-closed', (page, { url, closedOrder }) => page.goto(`${url}/checkout?order=${closedOrder}`)],
  ['learning', '/learning'],
  ['orders', '/orders'],
  ['orders-refund', press('/orders', '[data-testid=refund]')],
  ['orders-failed', unanswered('**/api/orders?**', '/orders')],
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
  ['editor', course('街头摄影', (id) => `/teaching/courses/${id}`)],
  ...['basics', 'publish'].map((tab): Screen => [`editor-${tab}`, (page, scene) => editorTab(page, scene, tab)]),
  ['lesson-editor', (page, scene) => lessonEditor(page, scene, '先看光')],
  ['video-editor', (page, scene) => lessonEditor(page, scene, '影子的一天')],
  ['sales', '/teaching/sales'],
  ['sales-nothing', '/teaching/sales?from=2026-01-01&to=2026-01-02'],
  ['console-check', (page, { ownLesson }) => page.goto(ownLesson)],
  ['console', teach],
]

const operator: Screen[] = [
  ['orders', '/operator/orders'],
  ['orders-nothing', '/operator/orders?search=zzzz'],
  ['node', '/operator/node'],
  ['orders-failed', unanswered('**/api/operator/orders?**', '/operator/orders')],
  ['order', press('/operator/orders', 'a[href*="/operator/orders/"]')],
  ['order-refunded', (page, { url, refundedOrder }) => page.goto(`${url}/operator/orders/${refundedOrder}`)],
  [
    'order-refund',
    async (page, { url, paidOrder }) => {
      await page.goto(`${url}/operator/orders/${paidOrder}`)
      await page.click('[data-testid=refund-order]')
    },
  ],
  ['refunds', '/operator/refunds?filter=all'],
  ['refunds-waiting', '/operator/refunds'],
  ['refund-approve', press('/operator/refunds', '[data-testid=approve]')],
  ['refund-reject', press('/operator/refunds', '[data-testid=reject]')],
  ['reconciliation', press('/operator/reconciliation', '[data-testid=self-test]')],
  ['reconciliation-resolve', press('/operator/reconciliation', '[data-testid=resolve]')],
  ['coupons', '/operator/coupons'],
  ['new-coupon', press('/operator/coupons', '[data-testid=new-coupon]')],
  ['new-coupon-wrong', press('/operator/coupons', '[data-testid=new-coupon]', '[data-testid=make-coupon]')],
  ['coupon-for-course', couponForCourse],
  ['catalogue', '/operator/catalogue'],
  ['new-category', press('/operator/catalogue', '[data-testid=new-category]')],
  ['new-plan', press('/operator/catalogue', '[data-testid=new-plan]')],
  ['users', '/operator/users'],
  ['users-banned', '/operator/users?filter=banned'],
  ['user-menu', press('/operator/users', '[data-testid=user-actions] >> nth=0')],
  ['user-ban', press('/operator/users', '[data-testid=user-actions] >> nth=0', '[data-testid=ban-user]')],
  ['audit', '/operator/audit'],
  ['room', room],
  [
    'room-order',
    async (page, scene) => {
      await room(page, scene)
      await page.click('[data-testid=order-open]')
    },
  ],
]

export const screens = { visitor, student, teacher, operator }

async function wrongCoupon(page: Page, { url, course }: Scene) {
  await page.goto(url + checkout(course('直播课的幕后')))
  await page.click('[data-testid=have-coupon]')
  await page.fill('form input', 'NOTHING')
  await page.keyboard.press('Enter')
  await page.locator('#coupon-note:not(:empty)').waitFor()
}

async function agreement(page: Page, { url, course }: Scene) {
  await page.goto(url + checkout(course('直播课的幕后')))
  await page.click('[data-testid=agreement]')
  await page.getByRole('dialog').locator('.markdown').waitFor()
}

async function payCode(page: Page, { url, course }: Scene) {
  await page.goto(url + checkout(course('直播课的幕后')))
  const consent = page.locator('[data-testid=consent]')
  const code = page.locator('[data-testid=pay-code], [data-testid=open-provider]').first()
  await consent.or(code).first().waitFor()
  if (await code.isVisible()) return
  await consent.check()
  await page.click('[data-testid=pay]')
  await code.waitFor()
}

async function couponForCourse(page: Page, { url }: Scene) {
  await page.goto(`${url}/operator/coupons`)
  await page.click('[data-testid=new-coupon]')
  await page.selectOption('[data-testid=coupon-scope]', 'course')
  await page.waitForSelector('[data-testid=coupon-thing] option >> nth=1', { state: 'attached' })
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
