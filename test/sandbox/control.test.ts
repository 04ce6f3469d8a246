/** The control interface and its page: for this machine, and for those who have the token. */
import { readFile } from 'node:fs/promises'
import t from 'tap'
import type { SandboxAddress } from '../../sandbox/sandbox.ts'
import { openWechat, type Result, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const { control } = sandbox
const address = JSON.parse(await readFile(`${sandbox.folder}/sandbox.json`, 'utf8')) as SandboxAddress
const { controlUrl } = address

t.test('without the token nothing is answered', async (t) => {
  for (const path of ['/control/trades', '/%63ontrol/trades', '/control/faults?id=1'])
    t.equal((await fetch(controlUrl + path)).status, 401, path)
  const wrong = { headers: { authorization: `Bearer ${'x'.repeat(address.controlToken.length)}` } }
  t.equal((await fetch(`${controlUrl}/control/trades`, wrong)).status, 401)
  t.equal((await fetch(controlUrl)).status, 401)
  t.equal((await fetch(`${controlUrl}/?token=wrong`)).status, 401)
  for (const path of ['faults', 'clear', 'settle'])
    t.equal((await fetch(`${controlUrl}/page/${path}`, { method: 'POST', redirect: 'manual' })).status, 401, path)
  t.equal((await fetch(`${sandbox.cashierUrl}/control/trades`)).status, 404, 'and payers do not meet it')
})

t.test('orders that make no sense are refused', async (t) => {
  await t.rejects(control.fault({ name: 'earthquake' as never }), /400/)
  await t.rejects(control.pay({ provider: 'wechat', outTradeNo: 'Unknown1' }), /404/)
  await t.rejects(control.settleRefund({ provider: 'alipay', outRefundNo: 'R1', state: 'SUCCESS' }), /404/)
})

t.test('a person orders faults and settles refunds on the page', async (t) => {
  const { client, inbox, place } = await openWechat(t, sandbox)
  const entry = await fetch(address.controlPage, { redirect: 'manual' })
  t.equal(entry.status, 302)
  const [cookie] = entry.headers.getSetCookie()
  t.match(cookie, /HttpOnly; SameSite=Strict/)
  const headers = { cookie: cookie!.split(';')[0]!, 'accept-language': 'en' }
  const read = async () => (await fetch(controlUrl, { headers })).text()
  const press = (path: string, form: Record<string, string>) =>
    fetch(`${controlUrl}/page/${path}`, { method: 'POST', headers, body: new URLSearchParams(form) })

  t.match(await read(), 'Order a fault')
  await press('faults', { name: 'asyncRefund', provider: 'wechat', on: '', times: '2', value: '' })
  await press('faults', { name: 'delayMs', provider: '', on: 'notice', times: '', value: '5' })
  t.match(await control.faults(), [
    { name: 'asyncRefund', provider: 'wechat', times: 2 },
    { name: 'delayMs', on: 'notice', times: null, value: 5 },
  ])
  t.match(await read(), /asyncRefund[\s\S]+×2/)
  await press('clear', { id: String((await control.faults())[1]!.id) })
  t.equal((await control.faults()).length, 1)

  const outTradeNo = tradeNumber()
  await place(outTradeNo, { description: '<i>课</i>' })
  await control.pay({ provider: 'wechat', outTradeNo })
  const amount = { refund: 100, total: 19900, currency: 'CNY' }
  const refund = { out_trade_no: outTradeNo, out_refund_no: `${outTradeNo}-1`, notify_url: inbox.url, amount }
  await client.refunds(refund)
  const page = await read()
  t.match(page, '&lt;i&gt;课&lt;/i&gt; ¥1.00')
  t.match(page, 'TRANSACTION.SUCCESS')
  const form = { provider: 'wechat', merchant: 'main', outRefundNo: refund.out_refund_no, state: 'SUCCESS' }
  await press('settle', form)
  const found = (await client.find_refunds(refund.out_refund_no)) as unknown as Result
  t.match(found.data, { status: 'SUCCESS' })
})
