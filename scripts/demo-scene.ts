/** What the demo does not begin with, for its pictures: orders in several states, coupons, books that differ, somebody who is banned. */
import { beijingDay, DAY_MS } from '../src/payments/money.ts'
import { sandboxIn } from '../test/support/sandbox.ts'
import { type Demo, lessonUrl } from './demo-in-chromium.ts'

export type Scene = Awaited<ReturnType<typeof setScene>>

export async function setScene({ url, payUrl, sandboxFolder, browser }: Demo) {
  const page = await browser.newPage()
  const call = async (token: string, method: string, path: string, data?: object) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), 'idempotency-key': crypto.randomUUID() }
    const answer = await page.request.fetch(url + path, { method, headers, ...(data && { data }) })
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
    return answer.status() === 204 ? undefined : answer.json()
  }
  const tokenOf = async (username: string) =>
    (await call('', 'POST', '/api/session', { username, password: `${username}-demo` })).accessToken as string
  const [buyer, keeper] = [await tokenOf('student'), await tokenOf('operator')]
  const { courses } = await call('', 'GET', '/api/courses')
  const course = (title: string): string =>
    courses.find((each: { title: string }) => each.title.startsWith(title))?.id ?? 'none'
  const { version: agreementVersion } = await call('', 'GET', '/api/agreement')
  const order = async (wish: object) =>
    (await call(buyer, 'POST', '/api/orders', { ...wish, agreementVersion })).order as { id: string }
  const buy = async (wish: object, channel: string) => {
    const { id } = await order(wish)
    const { prompt } = await call(buyer, 'POST', `/api/orders/${id}/pay`, { channel })
    const form = { code: prompt.codeUrl, action: 'pay' }
    await page.request.post(`${payUrl}/cashier/act`, {
      form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    await call(buyer, 'POST', `/api/orders/${id}/check`)
    return id
  }
  await call(keeper, 'POST', '/api/operator/coupons', {
    code: 'SPRING20',
    kind: 'percent',
    value: 20,
    maximumUses: 100,
  })
  await call(keeper, 'POST', '/api/operator/coupons', {
    code: 'PORTRAIT',
    kind: 'fixed',
    value: 5000,
    courseId: course('街头摄影'),
    endsAt: Date.now() + 7 * DAY_MS,
  })
  const paidOrder = await buy({ courseId: course('街头摄影'), couponCode: 'SPRING20' }, 'wechat_native')
  const returned = await buy({ courseId: course('把话说清楚') }, 'alipay_qr')
  await call(buyer, 'POST', `/api/orders/${returned}/refund-request`, { reason: '买错了，想换一门课' })
  const refundedOrder = await buyMembershipBack()
  const { id: closedOrder } = await order({ courseId: course('直播课的幕后') })
  await call(buyer, 'POST', `/api/orders/${closedOrder}/cancel`)
  await upsetTheBooks()
  const { users } = await call(keeper, 'GET', '/api/users?search=robot-student-5')
  await call(keeper, 'PUT', `/api/users/${users[0].id}/ban`, { reason: '反复发广告' })

  const lessons = new Map<string, string>()
  for (const { id } of courses) {
    const { outline } = await call('', 'GET', `/api/courses/${id}`)
    for (const { lessons: listed } of outline) for (const each of listed) lessons.set(each.title, each.id)
  }
  const lesson = (title: string) =>
    `${url}/lessons/${[...lessons].find(([known]) => known.startsWith(title))?.[1] ?? 'none'}`
  const liveLesson = await lessonUrl(page, url, 'live', 'Lin')
  const ownLesson = await lessonUrl(page, url, 'upcoming', '轮到你上课了')
  await page.close()
  return { url, course, lesson, liveLesson, ownLesson, paidOrder, refundedOrder, closedOrder }

  async function buyMembershipBack(): Promise<string> {
    const { plans } = await call('', 'GET', '/api/membership-plans')
    const id = await buy({ planId: plans[0].id }, 'wechat_native')
    const wish = { amountFen: plans[0].priceFen, reason: '开通错了，已与学员确认' }
    await call(keeper, 'POST', `/api/operator/orders/${id}/refunds`, wish)
    return id
  }

  /** Money that nobody ordered, and a bill that says another amount than our books. */
  async function upsetTheBooks(): Promise<void> {
    const { control, settings } = sandboxIn(sandboxFolder)
    const fields = {
      app_id: settings.ALIPAY_APP_ID,
      seller_id: settings.ALIPAY_SELLER_ID,
      out_trade_no: `P${'0'.repeat(23)}f`,
      trade_no: '2026112822001400001234',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '199.00',
      gmt_payment: `${beijingDay(Date.now())} 00:00:01`,
    }
    await control.rawNotice({ provider: 'alipay', url: `${url}/api/payments/alipay/notice`, fields })
    await control.clock({ businessOffsetMs: -DAY_MS })
    await buy({ planId: (await call('', 'GET', '/api/membership-plans')).plans[1].id }, 'wechat_native')
    await control.clock({ businessOffsetMs: 0 })
    await control.fault({ name: 'billAmountTamper', provider: 'wechat' })
    const billDate = beijingDay(Date.now() - DAY_MS)
    for (const provider of ['wechat', 'alipay'])
      await call(keeper, 'POST', '/api/operator/reconciliations', { provider, billDate })
  }
}
