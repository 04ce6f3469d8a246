/** What stands behind a code: something to pay, whichever provider gave it out. */
import { returnAddress } from '../alipay/return.ts'
import type { Provider } from '../faults.ts'
import type { Sandbox } from '../parts.ts'
import { merchantsOf, type PaymentCode } from '../world.ts'

export type Payable = {
  code: string
  provider: Provider
  merchant: string
  title: string
  outTradeNo: string
  totalFen: number
  couponFen: number
  refundedFen: number
  createdAt: number
  paidAt: number | undefined
  obstacle: 'paid' | 'closed' | 'expired' | undefined
  /** The payer's phone has seen it: Alipay's trade comes to be. */
  scan(): void
  pay(couponFen: number): void
  /** Where the merchant wants the payer's browser back. */
  returnUrl(): string | undefined
}

const COUPON_SHARE = 0.1
const COUPON_AT_MOST_FEN = 1000

/** What the provider's coupon takes off. */
export const couponFor = (totalFen: number): number => Math.min(COUPON_AT_MOST_FEN, Math.floor(totalFen * COUPON_SHARE))

/** Undefined where the code is unknown, or too old to be scanned; one that was paid still says so. */
export function findPayable(sandbox: Sandbox, code: string): Payable | undefined {
  const { codes, clock } = sandbox.world
  const known = codes.get(code)
  if (!known) return undefined
  const payable = payableOf(sandbox, known)
  return known.expiresAt < clock.now() && payable?.obstacle !== 'paid' ? undefined : payable
}

export function payableOf(sandbox: Sandbox, { code, provider, trade: key }: PaymentCode): Payable | undefined {
  return provider === 'wechat' ? wechatPayable(sandbox, code, key) : alipayPayable(sandbox, code, key)
}

function wechatPayable({ world, wechat }: Sandbox, code: string, key: string): Payable | undefined {
  const trade = wechat.transactions.trades.get(key)
  if (!trade) return undefined
  const { mchid, outTradeNo, totalFen, couponFen, createdAt, paidAt } = trade
  return {
    ...{ code, provider: 'wechat', outTradeNo, totalFen, couponFen, createdAt, paidAt, title: trade.description },
    merchant: merchantsOf(world).find((merchant) => merchant.wechat.mchid === mchid)!.title,
    refundedFen: wechat.refunds.refundedFen(trade),
    obstacle: wechat.transactions.obstacle(trade),
    scan: () => {},
    pay: (coupon) => void wechat.pay(trade, coupon),
    returnUrl: () => undefined,
  }
}

function alipayPayable({ world, alipay }: Sandbox, code: string, key: string): Payable | undefined {
  const trade = alipay.transactions.trades.get(key)
  if (!trade) return undefined
  const { appId, outTradeNo, totalFen, couponFen, createdAt, paidAt } = trade
  return {
    ...{ code, provider: 'alipay', outTradeNo, totalFen, couponFen, createdAt, paidAt, title: trade.subject },
    merchant: merchantsOf(world).find((merchant) => merchant.alipay.appId === appId)!.title,
    refundedFen: alipay.refundedFen(trade),
    obstacle: alipay.transactions.obstacle(trade),
    scan: () => void alipay.transactions.scan(trade),
    pay: (coupon) => void alipay.pay(trade, coupon),
    returnUrl: () => returnAddress(world, trade),
  }
}

export type Listed = { waiting: Payable[]; paid: Payable[]; hasMore: boolean }

/** The newest code of every trade that can be paid, and what was paid lately. */
export function listPayables(sandbox: Sandbox, page: number, size: number, paidShown: number): Listed {
  const { codes, clock } = sandbox.world
  const newest = new Map<string, PaymentCode>()
  for (const code of codes.values()) {
    newest.delete(`${code.provider} ${code.trade}`)
    newest.set(`${code.provider} ${code.trade}`, code)
  }
  const waiting: Payable[] = []
  const paid: Payable[] = []
  for (const code of [...newest.values()].reverse()) {
    const payable = payableOf(sandbox, code)
    if (payable?.obstacle === 'paid') paid.push(payable)
    else if (payable && !payable.obstacle && code.expiresAt >= clock.now()) waiting.push(payable)
  }
  paid.sort((a, b) => b.paidAt! - a.paidAt!)
  const from = (page - 1) * size
  return {
    waiting: waiting.slice(from, from + size),
    paid: paid.slice(0, paidShown),
    hasMore: waiting.length > from + size,
  }
}
