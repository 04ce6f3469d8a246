/** From the front page to the opened lesson by keys alone, with the focus in sight at every step. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { launchBrowser, openPage } from '../support/browser.ts'
import { byKeys } from '../support/keyboard.ts'
import { openSandbox } from '../support/sandbox.ts'
import { makeAccount, openServer } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'

const sandbox = await openSandbox(t)
const server = await openServer(sandbox.settings)
t.teardown(() => server.close())
const browser = await launchBrowser()
t.teardown(() => browser.close())

const { tabTo, unseen } = byKeys()

t.test('a course is found, bought and opened without a mouse', async (t) => {
  const teacher = await makeAccount(server, 'teacher', 'Ms T', 'teacher')
  const buyer = await makeAccount(server, 'buyer', 'Rain')
  const shelf = createShelf(server.db, Date.now)
  const course = await shelf.course(teacher.id, { title: 'Lamps and shadows' })
  await shelf.lesson(course, { kind: 'article', title: 'What a shadow is', body: 'It follows you.' })
  const { page } = await openPage(browser)

  await page.goto(server.url)
  await tabTo(page, 'header a[href="/courses"]')
  await page.keyboard.press('Enter')
  await tabTo(page, `[data-testid=course-${course.id}], [data-testid=course-${course.id}] a`)
  await page.keyboard.press('Enter')
  await tabTo(page, '[data-testid=course-action]')
  await page.keyboard.press('Enter')
  await tabTo(page, 'input[name=username]')
  await page.keyboard.type('buyer')
  await tabTo(page, 'input[name=password]')
  await page.keyboard.type(buyer.password)
  await page.keyboard.press('Enter')

  await tabTo(page, '[data-testid=consent]')
  await page.keyboard.press('Space')
  await tabTo(page, '[data-testid=pay]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-testid=pay-code]')
  t.ok(await within(page, '[role=dialog]'), 'the focus goes along to the code')
  await tabTo(page, '[data-testid=i-have-paid]')
  const trade = (await sandbox.control.trades())[0]!
  await sandbox.control.pay({ provider: trade.provider, outTradeNo: trade.outTradeNo })
  await page.waitForSelector('[data-testid=unlocked]')
  t.ok(await within(page, '[role=dialog]'), 'and to what follows')
  await tabTo(page, '[data-testid=start]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=dialog]', { state: 'detached' })
  await tabTo(page, '[data-testid=course-action]')
  await page.keyboard.press('Enter')
  await page.getByText('It follows you.').waitFor()
  t.strictSame(unseen, [], 'the focus was always in sight')
})

const within = (page: Page, selector: string) =>
  page.evaluate((selector) => document.activeElement!.closest(selector) !== null, selector)
