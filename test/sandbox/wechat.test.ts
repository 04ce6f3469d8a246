/** WeChat Pay as the sandbox plays it, met with the real client library. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openInbox, type Result, WechatClient } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const number = () => `P${randomBytes(12).toString('hex')}`
const accept = () => ({ status: 204 })

async function open(t: Test, options: Parameters<typeof openSandbox>[1] = {}) {
  const sandbox = await openSandbox(t, options)
  const client = new WechatClient(sandbox.settings)
  const { WECHAT_PAY_PUBLIC_KEY_ID: id, WECHAT_PAY_PUBLIC_KEY_FILE: file } = sandbox.settings
  if (id && file) WechatClient.trust(id, readFileSync(file, 'utf8'))
  const inbox = await openInbox(t, accept)
  const place = async (outTradeNo: string, more: object = {}): Promise<Result> =>
    client.transactions_native({
      description: '讲堂课程',
      out_trade_no: outTradeNo,
      notify_url: inbox.url,
      amount: { total: 19900, currency: 'CNY' },
      ...more,
    }) as Promise<Result>
  const query = (outTradeNo: string) => client.query({ out_trade_no: outTradeNo }) as Promise<Result>
  return { sandbox, client, inbox, place, query }
}

t.test('a trade is placed, paid, told and found', async (t) => {
  const { sandbox, client, inbox, place, query } = await open(t)
  const outTradeNo = number()
  const placed = await place(outTradeNo)
  t.equal(placed.status, 200)
  t.match(placed.data, { code_url: /^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/ })
  t.ok(await client.lastIsGenuine(), 'the library finds the answer genuine, with the certificate it fetched itself')

  t.match((await query(outTradeNo)).data, { trade_state: 'NOTPAY', amount: { total: 19900 } })
  const { trade, notice } = await sandbox.control.pay({ provider: 'wechat', outTradeNo })
  t.equal(trade.state, 'SUCCESS')
  t.equal(notice?.state, 'accepted')

  const [told] = inbox.received
  t.ok(await client.isGenuine(told!.headers, told!.body), 'the library finds the notice genuine')
  const inside = client.unseal(told!.body)
  t.match(inside, {
    appid: sandbox.settings.WECHAT_PAY_APP_ID,
    mchid: sandbox.settings.WECHAT_PAY_MERCHANT_ID,
    out_trade_no: outTradeNo,
    trade_state: 'SUCCESS',
    amount: { total: 19900, payer_total: 19900, currency: 'CNY' },
  })
  t.match((await query(outTradeNo)).data, { trade_state: 'SUCCESS', transaction_id: trade.providerTxn })
  const found = (await client.query({ transaction_id: trade.providerTxn! })) as Result
  t.equal(found.data?.out_trade_no, outTradeNo)
})
