/** Bills as the providers give them out: fetched, checked, read, and held against what was sold that day. */
import type { Test } from 'tap'
import { beijingDay, DAY_MS } from '../../../src/payments/money.ts'
import type { Channel, Provider } from '../../../src/payments/schema.ts'
import { openAlipay, openWechat, tradeNumber } from '../../support/merchant.ts'
import { untilItWorks } from '../../support/processes.ts'
import type { Till } from '../../support/till.ts'

const PRICE_FEN = 19_900
const PART_FEN = 5_000
/** 0.6 %, each in whole fen. */
const FEE_FEN = 119
const FEE_BACK_FEN = 30

const ways = [
  { provider: 'wechat', channel: 'wechat_native', refundApi: 'refund' },
  { provider: 'alipay', channel: 'alipay_qr', refundApi: 'alipay.trade.refund' },
] as const

let daysAgo = 1

export async function wire(t: Test, till: Till) {
  const { control } = till.sandbox
  const operator = await till.person('operator')
  t.afterEach(() => control.reset())

  /** A day of its own for each test, long enough ago for its bill to be ready. */
  async function onADay(work: () => Promise<void>): Promise<string> {
    const ago = ++daysAgo * DAY_MS
    await control.clock({ businessOffsetMs: -ago })
    await work()
    await control.clock({ businessOffsetMs: 0 })
    return beijingDay(till.now() - ago)
  }
  async function sell(channel: Channel) {
    const sold = await till.checkout(channel, PRICE_FEN)
    await control.pay(sold.trade)
    await control.noticesSettled(sold.trade.outTradeNo)
    return sold
  }
  async function sellUntold(channel: Channel) {
    const sold = await till.checkout(channel, PRICE_FEN)
    await control.fault({ name: 'dropNotice' })
    await control.pay(sold.trade)
    return sold
  }
  async function giveBack({ order, trade }: Awaited<ReturnType<typeof sell>>) {
    const refund = await till.orders.operator.refund(operator, order.id, { amountFen: PART_FEN, reason: 'sorry' })
    await till.jobs.runDue()
    await untilItWorks(async () => {
      const there = await control.trade(trade.outTradeNo)
      if (there?.refundedFen !== PART_FEN) throw new Error('it is on its way')
    })
    return refund
  }
  const latest = async (provider: Provider, day: string) => {
    const { reconciliations } = await till.payments.reconciliations({})
    return reconciliations.find((each) => each.provider === provider && each.billDate === day)
  }
  const found = async (day: string, filter: 'open' | 'all' = 'open') =>
    (await till.payments.differences({ filter })).differences.filter(({ billDate }) => billDate === day)
  const complaints = () => till.alarmed().filter(({ msg }) => msg === 'a bill differs from our books').length

  for (const { provider, channel, refundApi } of ways) {
    t.test(`${provider}: a day of payments and refunds matches, and its fees are booked once`, async (t) => {
      const day = await onADay(async () => {
        await sell(channel)
        const sold = await sell(channel)
        await giveBack(sold)
        await untilItWorks(async () => {
          const { status } = await till.row(sold.order.id)
          if (status !== 'partially_refunded') throw new Error(status)
        })
      })
      const before = { fees: await till.balance('expense:fees'), asset: await till.balance(`asset:${provider}`) }
      const feesFen = 2 * FEE_FEN - FEE_BACK_FEN
      const whole = 2 * PRICE_FEN - PART_FEN
      const expected = { status: 'matched', lines: 3, theirsFen: whole, oursFen: whole, feesFen, openDifferences: 0 }
      for (const time of ['once', 'again']) {
        t.match(await till.payments.reconcile(provider, day), expected, time)
        t.equal(await till.balance('expense:fees'), before.fees + feesFen, time)
        t.equal(await till.balance(`asset:${provider}`), before.asset - feesFen, 'they are kept back')
      }
      t.strictSame(await found(day, 'all'), [])
    })

    t.test(`${provider}: a payment and a refund that nobody told of are settled by the bill`, async (t) => {
      let missing!: Awaited<ReturnType<typeof sell>>
      let refunded!: Awaited<ReturnType<typeof sell>>
      const day = await onADay(async () => {
        missing = await sellUntold(channel)
        refunded = await sell(channel)
        await control.fault({ name: 'dropNotice' })
        await control.fault({ name: 'dropAfterApply', api: refundApi })
        await giveBack(refunded)
      })
      t.match(await till.row(missing.order.id), { status: 'paying' })
      t.match(await till.row(refunded.order.id), { status: 'refunding' })
      t.match(await till.payments.reconcile(provider, day), { status: 'matched', lines: 3, openDifferences: 0 })
      t.match(await till.row(missing.order.id), { status: 'paid', paidAttemptId: missing.attempt.id })
      t.equal((await till.rights(missing.buyer.id)).length, 1, 'what was paid is open')
      t.match(await till.row(refunded.order.id), { status: 'partially_refunded', refundedFen: PART_FEN })
      const notes = (await found(day, 'all')).map(({ kind, about, note }) => `${kind}, ${about}: ${note}`)
      t.strictSame(notes.sort(), ['missing_here, payment: settled: paid', 'missing_here, refund: reported: applied'])
      t.match(await till.payments.reconcile(provider, day), { status: 'matched' })
      t.equal((await found(day, 'all')).length, 2, 'again, it finds nothing new')
    })

    t.test(`${provider}: what the bill does not have is for a person, until it does`, async (t) => {
      let last!: Awaited<ReturnType<typeof sell>>
      const day = await onADay(async () => {
        await sell(channel)
        last = await sell(channel)
      })
      const before = complaints()
      await control.fault({ name: 'billDropRow' })
      t.match(await till.payments.reconcile(provider, day), { status: 'differs', openDifferences: 1 })
      t.match(await found(day), [{ kind: 'missing_there', about: 'payment', number: last.trade.outTradeNo }])
      t.equal(complaints(), before + 1)
      t.match(await till.row(last.order.id), { status: 'paid' }, 'nothing is taken back')
      t.match(await till.payments.reconcile(provider, day), { status: 'matched', openDifferences: 0 })
      t.strictSame(await found(day), [], 'the bill has it now')
    })

    t.test(
      `${provider}: a refund that the bill does not have is for a person, who says what became of it`,
      async (t) => {
        let sold!: Awaited<ReturnType<typeof sell>>
        let number = ''
        await onADay(async () => {
          sold = await sell(channel)
        })
        const day = await onADay(async () => {
          await sell(channel)
          number = (await giveBack(sold)).outRefundNo
          await control.noticesSettled(sold.trade.outTradeNo)
        })
        await control.fault({ name: 'billDropRow' })
        t.match(await till.payments.reconcile(provider, day), { status: 'differs' })
        t.match(await found(day), [{ kind: 'missing_there', about: 'refund', number, oursFen: PART_FEN }])
        const [open] = await found(day)
        await till.payments.resolve(operator, open!.id, 'the bank was closed')
        t.match(await found(day, 'all'), [{ note: 'the bank was closed' }])
      },
    )

    t.test(`${provider}: another amount than ours is for a person`, async (t) => {
      let sold!: Awaited<ReturnType<typeof sell>>
      const day = await onADay(async () => {
        sold = await sell(channel)
      })
      await control.fault({ name: 'billAmountTamper', value: '1.00' })
      t.match(await till.payments.reconcile(provider, day), { status: 'differs' })
      const number = sold.trade.outTradeNo
      t.match(await found(day), [{ kind: 'amount_differs', number, oursFen: PRICE_FEN, theirsFen: 100 }])
    })

    t.test(`${provider}: money of a number that is none of ours is for a person`, async (t) => {
      const number = tradeNumber()
      const day = await onADay(async () => {
        if (provider === 'wechat') await (await openWechat(t, till.sandbox)).place(number)
        else await (await openAlipay(t, till.sandbox)).offer(number)
        await control.pay({ provider, outTradeNo: number })
      })
      t.match(await till.payments.reconcile(provider, day), { status: 'differs', openDifferences: 1, oursFen: 0 })
      t.match(await found(day), [{ kind: 'unknown_order', about: 'payment', number, theirsFen: PRICE_FEN }])
    })

    t.test(`${provider}: a day without trade matches, and one that is not over is refused`, async (t) => {
      const day = await onADay(async () => {})
      t.match(await till.payments.reconcile(provider, day), { status: 'matched', lines: 0, theirsFen: 0, feesFen: 0 })
      await t.rejects(till.payments.reconcile(provider, beijingDay(till.now())), { code: 'bad_request' })
    })

    t.test(`${provider}: a bill that is not whole changes nothing, and is fetched again`, async (t) => {
      let missing!: Awaited<ReturnType<typeof sell>>
      const day = await onADay(async () => {
        missing = await sellUntold(channel)
      })
      await control.fault({ name: 'billTamper' })
      await t.rejects(till.payments.reconcile(provider, day), { code: 'unavailable' })
      t.match(await latest(provider, day), { status: 'failed' })
      t.match(await till.row(missing.order.id), { status: 'paying' })
      t.match(await till.payments.reconcile(provider, day), { status: 'matched', failure: null })
      t.match(await till.row(missing.order.id), { status: 'paid' })
    })
  }
}
