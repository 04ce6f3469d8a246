import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import t from 'tap'
import { entitlements, roomEvents } from '../../db/schema.ts'
import { launchBrowser, nextPicture, openPage } from '../support/browser.ts'
import { attend, goLive, MAIN_VIDEO, picture } from '../support/class.ts'
import { openSandbox } from '../support/sandbox.ts'
import { openServer } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'

const sandbox = await openSandbox(t)
/** The messages that a phone would get. */
const codes: string[] = []
const log = pino(
  { level: 'info' },
  { write: (line: string) => codes.push(...(/"code":"(\d{6})"/.exec(line)?.slice(1) ?? [])) },
)
const server = await openServer({ ...sandbox.settings, SMS_SENDER: 'console' }, log)
t.teardown(() => server.close())
const browser = await launchBrowser()
t.teardown(() => browser.close())
const shelf = createShelf(server.db, Date.now)

/** The payer's own phone: scans, and pays at the sandbox's cashier. */
async function payAtCashier(address: string): Promise<void> {
  const phone = await browser.newPage()
  await phone.goto(address)
  await phone.click('button[value=pay]')
  await phone.waitForLoadState()
  await phone.close()
}

const scan = async (page: Page) => {
  const code = await page.getAttribute('[data-testid=pay-code]', 'data-text')
  await payAtCashier(`${sandbox.cashierUrl}/scan?code=${encodeURIComponent(code!)}`)
}

const stays = (page: Page) => page.evaluate(() => ((window as { stayed?: boolean }).stayed = true))
const stayed = (page: Page) => page.evaluate(() => (window as { stayed?: boolean }).stayed === true)

const teacher = await attend(server, browser, 'teacher', 'teacher', {
  clockCamera: true,
  camera: { width: 640, height: 360 },
})
const course = await shelf.course(teacher.id, { title: 'Lamps and shadows', priceFen: 19900 })
const live = await shelf.lesson(course, { title: 'How light falls', trialSeconds: 600, startsAt: Date.now() })
await shelf.lesson(course, { kind: 'article', title: 'What a lamp is', body: 'A lamp gives light.', free: true })
const locked = await shelf.lesson(course, { kind: 'article', title: 'What a shadow is', body: 'It follows you.' })

t.test(
  'a visitor registers by phone, finds a course, tries the class, and buys it without the picture stopping',
  async (t) => {
    await goLive(teacher, server.url, live.id)
    const { page, context } = await openPage(browser)
    const trouble: string[] = []
    page.on('pageerror', (error) => trouble.push(String(error)))
    await page.goto(`${server.url}/sign-in?next=/courses`)
    await page.fill('input[name=phone]', '138 0013 8000')
    await page.check('[data-testid=accept-terms]')
    await page.click('[data-testid=send-code]')
    await page.getByText('138****8000').waitFor()
    await page.fill('input[name=code]', codes.at(-1)!)
    await page.fill('input[name=displayName]', 'Rain')
    await page.click('[data-testid=save-name]')
    await page.fill('[data-testid=course-search]', 'shadows')
    await page.click(`[data-testid=course-${course.id}]`)
    await page.waitForSelector('[data-testid=course-action]')
    await page.goto(`${server.url}/lessons/${live.id}?try`)
    await picture(page, MAIN_VIDEO)
    await page.waitForSelector('[data-testid=trial-clock]')

    await stays(page)
    await page.evaluate((selector) => {
      document.querySelector<HTMLVideoElement>(selector)!.dataset.mine = 'yes'
    }, MAIN_VIDEO)
    await page.click('[data-testid=trial-clock] [data-testid=buy]')
    await page.check('[data-testid=consent]')
    await page.click('[data-testid=pay]')
    await page.waitForSelector('[data-testid=pay-code]')
    await scan(page)
    await page.waitForSelector('[data-testid=trial-clock]', { state: 'detached' })
    await nextPicture(page, MAIN_VIDEO)
    t.equal(await page.getAttribute(MAIN_VIDEO, 'data-mine'), 'yes', 'the same picture element plays on')
    t.ok(await stayed(page), 'the page was not loaded again')
    t.strictSame(trouble, [])
    await context.close()
  },
)

t.test('a refund closes the open class of its buyer within a second', async (t) => {
  const buyer = await attend(server, browser, 'buyer', 'student')
  const { page } = buyer
  await page.goto(`${server.url}/checkout?course=${course.id}`)
  await page.check('[data-testid=consent]')
  await page.click('[data-testid=pay]')
  await page.waitForSelector('[data-testid=pay-code]')
  await scan(page)
  await page.waitForSelector('[data-testid=unlocked]')
  await page.goto(`${server.url}/lessons/${live.id}`)
  await picture(page, MAIN_VIDEO)

  await page.evaluate(() => {
    const shown = new MutationObserver(() => {
      if (!document.querySelector('[data-testid=stage-locked]')) return
      shown.disconnect()
      ;(window as { lockedAt?: number }).lockedAt = Date.now()
    })
    shown.observe(document, { childList: true, subtree: true })
  })
  const operator = await attend(server, browser, 'operator', 'operator')
  await operator.page.goto(`${server.url}/operator/orders`)
  await operator.page.click('a[href*="/operator/orders/"]')
  await operator.page.click('[data-testid=refund-order]')
  await operator.page.fill('textarea', 'The lamp was broken')
  await operator.page.click('[data-testid=give-back]')
  await page.waitForSelector('[data-testid=stage-locked]')
  const lockedAt = await page.evaluate(() => (window as { lockedAt?: number }).lockedAt!)
  const [order] = (await server.orders.list(buyer, { filter: 'bought' })).orders
  t.equal(order!.status, 'refunded')
  const refundedAt = await rightEndedAtOf(buyer.id)
  const closedAt = await leftAtOf(buyer.id)
  t.ok(closedAt - refundedAt < 1000, `the server closed the media after ${closedAt - refundedAt} ms`)
  t.ok(
    lockedAt - refundedAt < 3000,
    `the page showed it after ${lockedAt - refundedAt} ms, on a machine with other work`,
  )
  await page.goto(`${server.url}/lessons/${locked.id}`)
  await page.waitForSelector('[data-testid=lesson-locked]')
  await operator.context.close()
  await buyer.context.close()
})

/** When the room closed all that this person received. The log stores what happened a moment later. */
async function leftAtOf(peerId: string): Promise<number> {
  for (;;) {
    const left = await server.db.select().from(roomEvents).where(eq(roomEvents.type, 'peerLeft'))
    const own = left.find(({ data }) => (data as { peerId: string }).peerId === peerId)
    if (own) return own.at
    await pause(50)
  }
}

/** When the server learned that the money is back; the provider's own time for it is cut to a second. */
async function rightEndedAtOf(userId: string): Promise<number> {
  const [right] = await server.db.select().from(entitlements).where(eq(entitlements.userId, userId))
  return right!.revokedAt!
}

t.test('on a phone, in English, the provider’s page opens, and the course is open when it is paid', async (t) => {
  const visitor = await attend(server, browser, 'visitor', 'student', { phone: true, locale: 'en-US' })
  const { page, context } = visitor
  await page.goto(`${server.url}/lessons/${locked.id}`)
  await page.waitForSelector('[data-testid=lesson-locked]')
  await stays(page)
  await page.click('[data-testid=buy]')
  await page.check('[data-testid=consent]')
  await page.click('[data-testid=pay]')
  const opening = context.waitForEvent('page')
  await page.click('[data-testid=open-provider]')
  const provider = await opening
  await provider.waitForSelector('button[value=pay]')
  await page.waitForSelector('[data-testid=pay-state][data-step=confirming]')
  t.match(await page.textContent('[data-testid=pay-state]'), 'Confirming')
  await provider.click('button[value=pay]')
  await page.waitForSelector('[data-testid=article]')
  t.ok(await stayed(page), 'the page was not loaded again')
  t.strictSame(visitor.trouble, [])
  await context.close()
})

t.test('a payer who closes the page before paying finds the order where it was', async (t) => {
  const shopper = await attend(server, browser, 'shopper', 'student')
  const { page } = shopper
  await page.goto(`${server.url}/checkout?course=${course.id}`)
  await page.check('[data-testid=consent]')
  await page.check('[data-testid=channel-alipay]')
  await page.click('[data-testid=pay]')
  await page.waitForSelector('[data-testid=pay-code]')
  await page.goto(`${server.url}/orders`)
  await page.click('[data-testid=order] a')
  await page.waitForSelector('[data-testid=pay-state]')
  await pause(100)
  const [order] = (await server.orders.list(shopper, { filter: 'open' })).orders
  t.equal(order!.status, 'paying')
  await shopper.context.close()
})
