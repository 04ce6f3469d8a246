/** Refunds at Alipay, met with the real client library. */
import t, { type Test } from 'tap'
import { askAlipay, beijing, openAlipay, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const provider = 'alipay'

async function openPaid(t: Test) {
  const opened = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  await opened.offer(outTradeNo)
  await sandbox.control.pay({ provider, outTradeNo })
  opened.inbox.received.length = 0
  const refund = (requestNo: string, yuan: string) =>
    opened.ask('refund', { out_trade_no: outTradeNo, refund_amount: yuan, out_request_no: requestNo })
  const find = (requestNo: string) =>
    opened.ask('fastpay.refund.query', { out_trade_no: outTradeNo, out_request_no: requestNo })
  const told = async () => {
    await sandbox.control.noticesSettled(outTradeNo)
    return opened.told()
  }
  return { ...opened, outTradeNo, refund, find, told }
}

t.test('a part goes back at once, and is told as a trade that is still a success', async (t) => {
  const { sdk, refund, find, told, ask, outTradeNo } = await openPaid(t)
  t.match(await refund('R1', '9.00'), { code: '10000', fundChange: 'Y', refundFee: '9.00' })
  t.match(await find('R1'), { refundStatus: 'REFUND_SUCCESS', refundAmount: '9.00' })
  const [notice] = await told()
  t.match(notice, { trade_status: 'TRADE_SUCCESS', refund_fee: '9.00', out_biz_no: 'R1', gmt_refund: /./ })
  t.ok(sdk.checkNotifySignV2(notice))
  t.match(await ask('query', { out_trade_no: outTradeNo }), { tradeStatus: 'TRADE_SUCCESS' })
  t.match(await refund('R2', '1.00'), { refundFee: '10.00' }, 'the fee is the sum of all')
})

t.test('the request number is the idempotency key', async (t) => {
  const { refund } = await openPaid(t)
  t.match(await refund('R1', '9.00'), { fundChange: 'Y' })
  t.match(await refund('R1', '9.00'), { fundChange: 'N', refundFee: '9.00' })
  t.match(await refund('R1', '9.01'), { subCode: 'ACQ.DISCORDANT_REPEAT_REQUEST' })
})

t.test('a trade paid back whole is closed, which is told where the merchant wants it', async (t) => {
  const { refund, told, ask, outTradeNo } = await openPaid(t)
  t.match(await refund('R1', '199.00'), { fundChange: 'Y' })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { tradeStatus: 'TRADE_CLOSED' })
  t.strictSame(await told(), [])
  t.match(await refund('R2', '0.01'), { subCode: 'ACQ.TRADE_STATUS_ERROR' })

  await sandbox.control.options({ alipayClosedNotices: true })
  t.teardown(() => sandbox.control.options({ alipayClosedNotices: false }))
  const second = await openPaid(t)
  await second.refund('R1', '199.00')
  t.match(await second.told(), [{ trade_status: 'TRADE_CLOSED', refund_fee: '199.00', out_biz_no: 'R1' }])
})

t.test('of a payment by phone the whole refund is told', async (t) => {
  const { sdk, inbox, ask, told } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  const content = { out_trade_no: outTradeNo, total_amount: '5.00', subject: '课', product_code: 'QUICK_WAP_WAY' }
  const params = { bizContent: content, timestamp: beijing(Date.now()), notify_url: inbox.url }
  await fetch(sdk.pageExecute('alipay.trade.wap.pay', 'GET', params), { redirect: 'manual' })
  await sandbox.control.pay({ provider, outTradeNo })
  await ask('refund', { out_trade_no: outTradeNo, refund_amount: '5.00' })
  await sandbox.control.noticesSettled(outTradeNo)
  t.match(told(), [{ trade_status: 'TRADE_SUCCESS' }, { trade_status: 'TRADE_CLOSED', out_biz_no: outTradeNo }])
})

t.test('no more goes back than came in', async (t) => {
  const { refund, ask, outTradeNo } = await openPaid(t)
  await refund('R1', '190.00')
  t.match(await refund('R2', '9.01'), { subCode: 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL' })
  t.match(await refund('R3', '0'), { subCode: 'ACQ.INVALID_PARAMETER' })
  const unnamed = { out_trade_no: outTradeNo, refund_amount: '1.00' }
  t.match(await ask('refund', unnamed), { subCode: 'ACQ.INVALID_PARAMETER' }, 'a part needs a number')
  t.match(await ask('refund', { ...unnamed, out_trade_no: tradeNumber() }), { subCode: 'ACQ.TRADE_NOT_EXIST' })
})

t.test('a refund can wait, fail, and be asked for again', async (t) => {
  const { refund, find, told } = await openPaid(t)
  await sandbox.control.fault({ name: 'asyncRefund' })
  t.match(await refund('R1', '9.00'), { code: '10000', fundChange: 'N' })
  const open = await find('R1')
  t.equal(open.code, '10000')
  t.notOk(open.refundStatus)
  await sandbox.control.settleRefund({ provider, outRefundNo: 'R1', state: 'SUCCESS' })
  t.match(await find('R1'), { refundStatus: 'REFUND_SUCCESS' })

  await sandbox.control.fault({ name: 'refundClosed' })
  t.match(await refund('R2', '1.00'), { code: '10000', fundChange: 'N' })
  t.notOk((await find('R2')).refundStatus)
  t.match(await refund('R2', '1.00'), { fundChange: 'Y' })
  t.match(await told(), [{ out_biz_no: 'R1' }, { out_biz_no: 'R2' }])

  await sandbox.control.fault({ name: 'notEnough' })
  t.match(await refund('R3', '1.00'), { subCode: 'ACQ.SELLER_BALANCE_NOT_ENOUGH' })
  t.match(await refund('R3', '1.00'), { fundChange: 'Y' })
})

t.test('when the money went back is told to those who ask for it', async (t) => {
  const { sdk, refund, outTradeNo } = await openPaid(t)
  await refund('R1', '9.00')
  const content = { out_trade_no: outTradeNo, out_request_no: 'R1', query_options: ['gmt_refund_pay'] }
  const answer = await askAlipay(sdk, 'alipay.trade.fastpay.refund.query', content)
  t.match(answer.gmtRefundPay, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
})
