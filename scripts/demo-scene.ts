/** What the demo does not begin with, for its pictures: orders in several states, a coupon, somebody who is banned. */
import { type Demo, lessonUrl } from './demo-in-chromium.ts'

export type Scene = Awaited<ReturnType<typeof setScene>>

export async function setScene({ url, payUrl, browser }: Demo) {
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
  const buy = async (wish: object, channel: string) => {
    const { order } = await call(buyer, 'POST', '/api/orders', { ...wish, agreementVersion })
    const { prompt } = await call(buyer, 'POST', `/api/orders/${order.id}/pay`, { channel })
    const form = { code: prompt.codeUrl, action: 'pay' }
    await page.request.post(`${payUrl}/cashier/act`, {
      form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    await call(buyer, 'POST', `/api/orders/${order.id}/check`)
    return order.id as string
  }
  await call(keeper, 'POST', '/api/operator/coupons', {
    code: 'SPRING20',
    kind: 'percent',
    value: 20,
    maximumUses: 100,
  })
  await buy({ courseId: course('街头摄影'), couponCode: 'SPRING20' }, 'wechat_native')
  const returned = await buy({ courseId: course('把话说清楚') }, 'alipay_qr')
  await call(buyer, 'POST', `/api/orders/${returned}/refund-request`, { reason: '买错了，想换一门课' })
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
  return { url, course, lesson, liveLesson, ownLesson }
}
