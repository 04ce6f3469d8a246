/** What genuine notices of Alipay are taken for. */
import { sign } from 'node:crypto'
import { AlipaySdk } from 'alipay-sdk'
import t from 'tap'
import { readAlipayNotice } from '../../src/adapters/alipay/notice.ts'
import { NoticeRefused } from '../../src/payments/provider.ts'
import { newKey, publicPem } from '../support/wechat-signer.ts'

const key = newKey()
const merchant = { appId: '2021000000000001', sellerId: '2088000000000001' }
const sdk = new AlipaySdk({
  appId: merchant.appId,
  privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  alipayPublicKey: publicPem(key),
  keyType: 'PKCS8',
})
const fields = {
  app_id: merchant.appId,
  seller_id: merchant.sellerId,
  charset: 'utf-8',
  notify_id: 'n1',
  out_trade_no: 'P0',
  trade_no: '42',
  trade_status: 'TRADE_SUCCESS',
  total_amount: '199.00',
  buyer_pay_amount: '180.00',
  gmt_payment: '2031-05-05 15:59:00',
  subject: '钢琴 100% & 更多',
}

function body(change: Record<string, string> = {}) {
  const all: Record<string, string> = { ...fields, ...change }
  const text = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join('&')
  const signature = sign('sha256', Buffer.from(text), key).toString('base64')
  return new URLSearchParams({ ...all, sign: signature, sign_type: 'RSA2' }).toString()
}
const take = (text: string) => readAlipayNotice({ headers: {}, body: Buffer.from(text) }, merchant, sdk)

t.test('a payment, with what it costs and not what the payer paid', async (t) => {
  t.strictSame(take(body()), {
    kind: 'payment',
    eventKey: 'n1',
    outTradeNo: 'P0',
    providerTxn: '42',
    paidFen: 19_900,
    paidAt: Date.UTC(2031, 4, 5, 7, 59),
  })
  t.match(take(body({ trade_status: 'TRADE_FINISHED' })), { kind: 'payment' }, 'one that can go back no more')
})

t.test('what is not finished is no payment', async (t) => {
  for (const trade_status of ['WAIT_BUYER_PAY', 'TRADE_CLOSED', 'TRADE_PENDING', ''])
    t.strictSame(take(body({ trade_status })), { kind: 'other' }, trade_status)
})

t.test('a field that comes twice is refused, even with the value that was signed last', async (t) => {
  t.throws(() => take(`out_trade_no=other&${body()}`), new NoticeRefused('body'))
  t.throws(() => take(`${body()}&total_amount=199.00`), new NoticeRefused('body'))
})

t.test('each sign of a refund makes it one, whatever the trade’s status', async (t) => {
  const told = { refund_fee: '50.00', gmt_refund: '2031-05-06 10:00:00.123', out_biz_no: 'R0' }
  t.match(take(body(told)), { kind: 'refund', outRefundNo: 'R0', status: 'succeeded', at: Date.UTC(2031, 4, 6, 2) })
  t.match(take(body({ ...told, trade_status: 'TRADE_CLOSED' })), { kind: 'refund', outRefundNo: 'R0' })
  for (const [name, value] of Object.entries(told))
    t.not(take(body({ [name]: value })).kind, 'payment', `with ${name} alone`)
})

t.test('amounts and times that are none are refused', async (t) => {
  for (const total_amount of ['', '1e2', '-1', '199.001', '１９９', ' 199'])
    t.throws(() => take(body({ total_amount })), new NoticeRefused('body'), total_amount)
  t.throws(() => take(body({ gmt_payment: 'today' })), new NoticeRefused('body'))
  t.throws(() => take(body({ notify_id: '' })), new NoticeRefused('body'))
})
