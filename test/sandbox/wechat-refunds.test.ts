/** Refunds at WeChat Pay, met with the real client library. */
import t, { type Test } from 'tap'
import { openWechat, type Result, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)

async function openPaid(t: Test, couponFen = 0) {
  const opened = await openWechat(t, sandbox)
  const { client, inbox, place } = opened
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  await sandbox.control.pay({ provider: 'wechat', outTradeNo, couponFen })
  inbox.received.length = 0
  const no = (name: string) => `${outTradeNo}-${name}`
  const refund = (name: string, fen: number, more: object = {}) =>
    client.refunds({
      out_trade_no: outTradeNo,
      out_refund_no: no(name),
      notify_url: inbox.url,
      amount: { refund: fen, total: 19900, currency: 'CNY' },
      ...more,
    }) as unknown as Promise<Result>
  const find = (name: string) => client.find_refunds(no(name)) as unknown as Promise<Result>
  const told = async () => {
    await sandbox.control.noticesSettled(outTradeNo)
    return inbox.received.map(({ body }) => client.unseal(body))
  }
  return { ...opened, no, outTradeNo, refund, find, told }
}

t.test('a refund is accepted, then settled and told', async (t) => {
  const { client, no, query, outTradeNo, refund, find, told } = await openPaid(t)
  t.match(await refund('R1', 900, { reason: '不想学了' }), {
    status: 200,
    data: { status: 'PROCESSING', out_refund_no: no('R1'), amount: { refund: 900, payer_refund: 900, total: 19900 } },
  })
  t.ok(await client.lastIsGenuine())
  t.match(await told(), [
    { out_refund_no: no('R1'), refund_status: 'SUCCESS', out_trade_no: outTradeNo, amount: { refund: 900 } },
  ])
  t.match((await find('R1')).data, { status: 'SUCCESS', success_time: /\+08:00$/ })
  t.match((await query(outTradeNo)).data, { trade_state: 'REFUND' }, 'the trade was paid all the same')
  t.match(await find('R2'), { status: 404, error: { code: 'RESOURCE_NOT_EXISTS' } })
})

t.test('the number is the idempotency key', async (t) => {
  const { refund, told } = await openPaid(t)
  const first = await refund('R1', 900)
  const second = await refund('R1', 900)
  t.equal(second.status, 200)
  t.equal(second.data?.refund_id, first.data?.refund_id)
  t.equal((await told()).length, 1)
  t.match(await refund('R1', 901), { status: 400, error: { code: 'INVALID_REQUEST' } })
})

t.test('no more goes back than came in', async (t) => {
  const { refund, place, client, outTradeNo } = await openPaid(t)
  t.equal((await refund('R1', 19000)).status, 200)
  t.match(await refund('R2', 901), { status: 400, error: { code: 'INVALID_REQUEST' } })
  t.equal((await refund('R3', 900)).status, 200)
  t.match(await refund('R4', 1), { status: 400 })
  t.match(await refund('R5', 0), { status: 400, error: { code: 'PARAM_ERROR' } })
  t.match(await refund('R6', 1, { amount: { refund: 1, total: 1, currency: 'CNY' } }), { status: 400 })
  t.match(await refund('R7', 1, { out_trade_no: tradeNumber() }), { status: 404 })
  const unpaid = tradeNumber()
  await place(unpaid)
  t.match(await refund('R8', 1, { out_trade_no: unpaid }), { status: 403, error: { code: 'TRADE_STATE_ERROR' } })
  t.match(
    await client.refunds({ out_refund_no: 'R9', amount: { refund: 1, total: 19900, currency: 'CNY' } } as never),
    { status: 400, error: { code: 'PARAM_ERROR' } },
    'without the trade',
  )
  await sandbox.control.noticesSettled(outTradeNo)
  t.match(await sandbox.control.trade(outTradeNo), { refundedFen: 19900 })
})

t.test('fifty refunds of one trade are enough, and a year', async (t) => {
  const { refund } = await openPaid(t)
  for (let n = 1; n <= 50; n++) await refund(`R${n}`, 1)
  t.match(await refund('R51', 1), { status: 403, error: { code: 'RULE_LIMIT' } })
  t.equal((await refund('R50', 1)).status, 200, 'an old number still answers')
  await sandbox.control.clock({ businessOffsetMs: 366 * 24 * 3600_000 })
  t.match(await refund('R52', 1), { status: 403, error: { code: 'RULE_LIMIT' } })
})

t.test('a refund that fails is asked for again under its number', async (t) => {
  const { refund, find, told } = await openPaid(t)
  await sandbox.control.fault({ name: 'refundClosed' })
  await refund('R1', 19900)
  t.match(await told(), [{ refund_status: 'CLOSED' }])
  t.match((await find('R1')).data, { status: 'CLOSED' })
  t.match((await refund('R1', 19900)).data, { status: 'PROCESSING' })
  t.match(await told(), [{ refund_status: 'CLOSED' }, { refund_status: 'SUCCESS' }])
})

t.test('a merchant without money is told so, and asks later', async (t) => {
  const { refund } = await openPaid(t)
  await sandbox.control.fault({ name: 'notEnough' })
  t.match(await refund('R1', 900), { status: 403, error: { code: 'NOT_ENOUGH' } })
  t.match(await refund('R1', 900), { status: 200, data: { status: 'PROCESSING' } })
})

t.test('a refund can wait, end abnormal, and still succeed', async (t) => {
  const { no, refund, find, told } = await openPaid(t)
  await sandbox.control.fault({ name: 'asyncRefund' })
  await refund('R1', 900)
  t.match((await find('R1')).data, { status: 'PROCESSING' })
  const settle = (state: 'ABNORMAL' | 'SUCCESS') =>
    sandbox.control.settleRefund({ provider: 'wechat', outRefundNo: no('R1'), state })
  await settle('ABNORMAL')
  t.match((await find('R1')).data, { status: 'ABNORMAL' })
  t.match((await refund('R1', 900)).data, { status: 'ABNORMAL' }, 'asking again changes nothing')
  await settle('SUCCESS')
  t.match((await find('R1')).data, { status: 'SUCCESS' })
  t.match(await told(), [{ refund_status: 'ABNORMAL' }, { refund_status: 'SUCCESS' }])
})

t.test("a coupon's share does not go to the payer", async (t) => {
  const { refund } = await openPaid(t, 9900)
  t.match((await refund('R1', 10000)).data, { amount: { refund: 10000, payer_refund: 5025, payer_total: 10000 } })
  t.match((await refund('R2', 9900)).data, { amount: { refund: 9900, payer_refund: 4975 } }, 'the last takes the rest')
})
