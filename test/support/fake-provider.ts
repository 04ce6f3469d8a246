/** A payment provider in memory: it keeps its word, and can be told to be silent, slow to refund or forgetful. */
import { randomBytes } from 'node:crypto'
import { beijingDay } from '../../src/payments/money.ts'
import {
  type BillLine,
  OutcomeUnknown,
  type PaymentProvider,
  type PaymentReport,
  ProviderRefused,
  type RefundOrder,
  type RefundReport,
  type RefundState,
} from '../../src/payments/provider.ts'
import type { Channel, Provider } from '../../src/payments/schema.ts'

type Trade = { amountFen: number; status: 'unpaid' | 'paid' | 'closed'; txn: string; paidAt: number; expiresAt: number }
type Refunding = { order: RefundOrder; status: RefundState['status']; at: number }

/** `before`: the call never arrived; `after`: its answer was lost. */
export type Silence = 'before' | 'after' | undefined

const channels: Record<Provider, Channel[]> = {
  wechat: ['wechat_native', 'wechat_jsapi', 'wechat_h5'],
  alipay: ['alipay_page', 'alipay_wap', 'alipay_qr'],
}

export type FakeProvider = ReturnType<typeof createFakeProvider>

export function createFakeProvider(name: Provider, now: () => number) {
  const trades = new Map<string, Trade>()
  const refunds = new Map<string, Refunding>()
  const calls: string[] = []
  const faults = { silence: undefined as Silence, deadly: false, refundsWait: false, refundFails: '' }

  /** Carries a call out, or loses it on one of its two ways; where it is deadly, the caller with it. */
  const call = async <T>(line: string, work: () => T): Promise<T> => {
    calls.push(line)
    const { silence, deadly } = faults
    const lost = deadly ? new Error('the process died') : new OutcomeUnknown('nothing was heard')
    if (silence === 'before') throw lost
    const answer = work()
    if (silence === 'after') throw lost
    return answer
  }

  const refundedOf = (no: string) =>
    [...refunds.values()]
      .filter(({ order, status }) => order.outTradeNo === no && status !== 'failed')
      .reduce((sum, { order }) => sum + order.amountFen, 0)

  const stateOf = (outRefundNo: string): RefundState => {
    const { status, order } = refunds.get(outRefundNo)!
    return { status, providerRefundId: `refund-${outRefundNo}`, amountFen: order.amountFen }
  }

  const provider: PaymentProvider = {
    name,
    channels: channels[name],
    sandboxUrl: 'http://sandbox.example.org',
    prepay: ({ outTradeNo, amountFen, expiresAt }) =>
      call(`prepay ${outTradeNo}`, () => {
        const known = trades.get(outTradeNo)
        if (known?.status === 'paid') throw new ProviderRefused('paid', 'ORDERPAID')
        if (known?.status === 'closed') throw new ProviderRefused('closed', 'ORDER_CLOSED')
        if (known && known.amountFen !== amountFen) throw new ProviderRefused('other', 'INVALID_REQUEST')
        if (!known) trades.set(outTradeNo, { amountFen, status: 'unpaid', txn: '', paidAt: 0, expiresAt })
        const prompt = { kind: 'code' as const, codeUrl: `weixin://pay/${outTradeNo}` }
        return { prompt, expiresAt }
      }),
    query: (outTradeNo) =>
      call(`query ${outTradeNo}`, () => {
        const trade = trades.get(outTradeNo)
        if (!trade) return { status: 'unknown' as const }
        if (trade.status !== 'paid') return { status: trade.status }
        return { status: 'paid' as const, providerTxn: trade.txn, paidFen: trade.amountFen, paidAt: trade.paidAt }
      }),
    close: (outTradeNo) =>
      call(`close ${outTradeNo}`, () => {
        const trade = trades.get(outTradeNo)
        if (trade?.status === 'paid') throw new ProviderRefused('paid', 'ORDERPAID')
        if (trade) trade.status = 'closed'
      }),
    refund: (order) =>
      call(`refund ${order.outRefundNo}`, () => {
        const trade = trades.get(order.outTradeNo)
        if (trade?.status !== 'paid') throw new ProviderRefused('other', 'TRADE_STATE_ERROR')
        if (faults.refundFails)
          throw new ProviderRefused(faults.refundFails === 'NOT_ENOUGH' ? 'later' : 'other', faults.refundFails)
        if (!refunds.has(order.outRefundNo)) {
          if (refundedOf(order.outTradeNo) + order.amountFen > trade.amountFen)
            throw new ProviderRefused('other', 'OVER')
          refunds.set(order.outRefundNo, { order, status: faults.refundsWait ? 'processing' : 'succeeded', at: now() })
        }
        return stateOf(order.outRefundNo)
      }),
    queryRefund: ({ outRefundNo }) =>
      call(`queryRefund ${outRefundNo}`, () =>
        refunds.has(outRefundNo) ? stateOf(outRefundNo) : { status: 'unknown' as const },
      ),
    readNotice: () => ({ kind: 'other' }),
    bill: (date) => call(`bill ${date}`, () => billOf(date)),
    selfTest: async () => [],
  }

  const billOf = (date: string): BillLine[] => [
    ...[...trades].flatMap(([outTradeNo, { status, txn, amountFen, paidAt }]): BillLine[] =>
      status === 'paid' && beijingDay(paidAt) === date
        ? [{ kind: 'payment', at: paidAt, outTradeNo, outRefundNo: null, providerTxn: txn, amountFen, feeMilliFen: 0 }]
        : [],
    ),
    ...[...refunds.values()].flatMap(({ order, status, at }): BillLine[] =>
      status === 'succeeded' && beijingDay(at) === date
        ? [
            {
              kind: 'refund',
              at,
              outTradeNo: order.outTradeNo,
              outRefundNo: order.outRefundNo,
              providerTxn: trades.get(order.outTradeNo)!.txn,
              amountFen: order.amountFen,
              feeMilliFen: 0,
            },
          ]
        : [],
    ),
  ]

  return {
    provider,
    trades,
    refunds,
    calls,
    faults,
    /**
     * Someone pays, whether or not anyone is told; undefined where it cannot be paid any more. What was paid once stays
     * what it was: no change makes a provider name two amounts for one payment.
     */
    pay(outTradeNo: string, change: Partial<PaymentReport> = {}): PaymentReport | undefined {
      const trade = trades.get(outTradeNo)
      if (!trade || trade.status === 'closed') return undefined
      if (trade.status === 'unpaid') {
        const amountFen = change.paidFen ?? trade.amountFen
        Object.assign(trade, { status: 'paid', txn: randomBytes(12).toString('hex'), paidAt: now(), amountFen })
      }
      const { txn: providerTxn, amountFen: paidFen, paidAt } = trade
      const report = { provider: name, outTradeNo, providerTxn, paidAt, source: 'notice' as const }
      return { ...report, eventKey: `notice:${providerTxn}`, ...change, paidFen }
    },
    /** The refund ends, and this is what a notice would say. */
    end(outRefundNo: string, status: RefundState['status']): RefundReport {
      const refund = refunds.get(outRefundNo)!
      refund.status = status
      const eventKey = `notice:${outRefundNo}:${status}`
      return {
        ...stateOf(outRefundNo),
        provider: name,
        outTradeNo: refund.order.outTradeNo,
        outRefundNo,
        source: 'notice',
        eventKey,
      }
    },
  }
}
