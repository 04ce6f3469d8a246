/** The sandbox's pages in a real browser: what goes on by itself, and what never does. */
import t from 'tap'
import { launchBrowser, openPage } from '../support/browser.ts'
import { beijing, openAlipay, openInbox, openWechat, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const browser = await launchBrowser()
t.teardown(() => browser.close())

t.test('a wide page waits while a phone scans and pays, then goes on to the merchant', async (t) => {
  const { sdk } = await openAlipay(t, sandbox)
  const shop = await openInbox(t, () => ({ status: 200, body: '<h1>my orders</h1>' }))
  const outTradeNo = tradeNumber()
  const content = { out_trade_no: outTradeNo, total_amount: '199.00', subject: '讲堂课程' }
  const { page } = await openPage(browser)
  await page.goto(
    sdk.pageExecute('alipay.trade.page.pay', 'GET', {
      bizContent: { ...content, product_code: 'FAST_INSTANT_TRADE_PAY' },
      timestamp: beijing(Date.now()),
      notify_url: shop.url,
      return_url: shop.url,
    }),
  )
  await page.getByText('等待付款').waitFor()
  const { page: phone } = await openPage(browser, { phone: true, locale: 'en-GB' })
  await phone.goto(sandbox.cashierUrl)
  await phone.getByRole('link', { name: '讲堂课程' }).click()
  t.match(await sandbox.control.trade(outTradeNo), { state: 'WAIT_BUYER_PAY' })
  await phone.getByRole('button', { name: 'Pay ¥199.00', exact: true }).click()
  await phone.getByRole('heading', { name: 'Paid' }).waitFor()
  await page.getByRole('heading', { name: 'my orders' }).waitFor()
  t.match(page.url(), `out_trade_no=${outTradeNo}`)
})

t.test('the list of the phone is fresh without a reload by hand', async (t) => {
  const { place } = await openWechat(t, sandbox)
  const { page } = await openPage(browser, { phone: true })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  await page.goto(sandbox.cashierUrl)
  const outTradeNo = tradeNumber()
  await place(outTradeNo, { description: '古典吉他' })
  await page.getByRole('link', { name: '古典吉他' }).waitFor()
  await sandbox.control.pay({ provider: 'wechat', outTradeNo })
  await page.locator('li.done', { hasText: '古典吉他' }).waitFor()
  t.strictSame(errors, [])
})
