/** What genuine notices of WeChat Pay are taken for. */
import { createPublicKey } from 'node:crypto'
import t from 'tap'
import { readWechatNotice } from '../../src/adapters/wechat-pay/notice.ts'
import { NoticeRefused } from '../../src/payments/provider.ts'
import { API_V3_KEY, newKey, seal, signedHeaders } from '../support/wechat-signer.ts'

const key = newKey()
const NOW = Date.UTC(2031, 4, 5, 8)
const merchant = { appId: 'wx0123456789abcdef', merchantId: '1900000001', apiV3Key: API_V3_KEY }
const transaction = {
  appid: merchant.appId,
  mchid: merchant.merchantId,
  out_trade_no: 'P0',
  transaction_id: '42',
  trade_state: 'SUCCESS',
  success_time: '2031-05-05T15:59:00+08:00',
  amount: { total: 19_900, payer_total: 18_000, currency: 'CNY' },
}
const refund = {
  mchid: merchant.merchantId,
  out_trade_no: 'P0',
  out_refund_no: 'R0',
  refund_id: '50',
  refund_status: 'SUCCESS',
  success_time: '2031-05-05T15:59:00+08:00',
  amount: { total: 19_900, refund: 5_000 },
}

function read(event: string, content: object) {
  const body = JSON.stringify({ id: 'notice-1', event_type: event, resource: seal(content) })
  const headers = signedHeaders(key, 'A1', body, NOW)
  return readWechatNotice({ headers, body: Buffer.from(body) }, merchant, () => createPublicKey(key), NOW)
}
const pay = (change: object, event = 'TRANSACTION.SUCCESS') => read(event, { ...transaction, ...change })
const back = (change: object, event = 'REFUND.SUCCESS') => read(event, { ...refund, ...change })

t.test('a payment, with what it costs and not what the payer paid', async (t) => {
  t.strictSame(pay({}), {
    kind: 'payment',
    eventKey: 'notice-1',
    outTradeNo: 'P0',
    providerTxn: '42',
    paidFen: 19_900,
    paidAt: Date.UTC(2031, 4, 5, 7, 59),
  })
  t.match(pay({ amount: { total: 19_900 } }), { paidFen: 19_900 }, 'without a word about the currency')
})

t.test('another currency is not money of ours', async (t) => {
  for (const currency of ['USD', 'JPY', '', 'cny'])
    t.throws(() => pay({ amount: { total: 19_900, currency } }), new NoticeRefused('body'), currency)
})

t.test('amounts that are none are refused', async (t) => {
  for (const total of [-1, 1.5, '19900', null, Number.MAX_SAFE_INTEGER])
    t.throws(() => pay({ amount: { total, currency: 'CNY' } }), new NoticeRefused('body'), String(total))
})

t.test('what is not finished is no payment, whatever the event is called', async (t) => {
  for (const trade_state of ['NOTPAY', 'USERPAYING', 'PAYERROR', 'CLOSED', 'REVOKED', 'ACCEPT'])
    t.strictSame(pay({ trade_state }), { kind: 'other' }, trade_state)
  t.match(pay({ trade_state: 'REFUND' }), { kind: 'payment' }, 'one that has gone back was paid before')
  t.throws(() => pay({ trade_state: 'TOLD_BY_NOBODY' }), new NoticeRefused('body'))
  t.throws(() => pay({ trade_state: 'toString' }), new NoticeRefused('body'))
  t.throws(() => pay({ transaction_id: undefined }), new NoticeRefused('body'))
  t.throws(() => pay({ success_time: 'yesterday' }), new NoticeRefused('body'))
})

t.test('other events are no payments', async (t) => {
  for (const event of ['PAYSCORE.USER_PAID', 'TRANSACTION.CLOSED', 'transaction.success', 'COUPON.USE'])
    t.strictSame(pay({}, event), { kind: 'other' }, event)
})

t.test('a refund ends as WeChat Pay says', async (t) => {
  const states = { SUCCESS: 'succeeded', PROCESSING: 'processing', ABNORMAL: 'abnormal', CLOSED: 'failed' }
  for (const [refund_status, status] of Object.entries(states))
    t.match(back({ refund_status }), { kind: 'refund', outRefundNo: 'R0', outTradeNo: 'P0', amountFen: 5_000, status })
  t.match(back({ refund_status: 'CLOSED' }, 'REFUND.SUCCESS'), { status: 'failed' }, 'what is inside counts')
  t.throws(() => back({ refund_status: 'DONE' }), new NoticeRefused('body'))
})

t.test('a refund of another merchant is refused', async (t) => {
  t.throws(() => back({ mchid: '1900000002' }), new NoticeRefused('foreign'))
})
