/** Alipay as the sandbox plays it, met with the real client library. */
import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { alipayClient, askAlipay, beijing, openInbox } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const number = () => `P${randomBytes(12).toString('hex')}`
const accept = () => ({ status: 200, body: 'success' })

async function open(t: Test, options: Parameters<typeof openSandbox>[1] = {}) {
  const sandbox = await openSandbox(t, options)
  const sdk = alipayClient(sandbox.settings)
  const inbox = await openInbox(t, accept)
  const ask = (method: string, content: object) => askAlipay(sdk, `alipay.trade.${method}`, content)
  const offer = (outTradeNo: string, more: object = {}) =>
    askAlipay(
      sdk,
      'alipay.trade.precreate',
      { out_trade_no: outTradeNo, total_amount: '199.00', subject: '讲堂课程', ...more },
      { notifyUrl: inbox.url },
    )
  return { sandbox, sdk, inbox, ask, offer }
}

t.test('a code is offered, scanned, paid, told and found', async (t) => {
  const { sandbox, sdk, inbox, ask, offer } = await open(t)
  const outTradeNo = number()
  const offered = await offer(outTradeNo)
  t.match(offered, { code: '10000', outTradeNo, qrCode: /^https:\/\/qr\.alipay\.com\/bax\w+$/ })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' })

  await sandbox.control.scan({ provider: 'alipay', outTradeNo })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { code: '10000', tradeStatus: 'WAIT_BUYER_PAY' })

  const { trade, notice } = await sandbox.control.pay({ provider: 'alipay', outTradeNo })
  t.equal(notice?.state, 'accepted')
  const told = Object.fromEntries(new URLSearchParams(inbox.received[0]!.body))
  t.ok(sdk.checkNotifySignV2(told), 'the library finds the notice genuine')
  t.match(told, {
    app_id: sandbox.settings.ALIPAY_APP_ID,
    seller_id: sandbox.settings.ALIPAY_SELLER_ID,
    out_trade_no: outTradeNo,
    trade_no: trade.providerTxn,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '199.00',
  })
  t.match(await ask('query', { trade_no: trade.providerTxn }), { tradeStatus: 'TRADE_SUCCESS', totalAmount: '199.00' })
  t.match(beijing(0), '1970-01-01 08:00:00')
})
