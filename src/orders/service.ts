/** Orders: made, paid, closed, refunded. Nothing else may change them, and `settle` is the only way in for money. */
import { and, eq } from 'drizzle-orm'
import { orders } from '../../db/schema.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { PaymentReport, RefundReport, Settlement } from '../payments/provider.ts'
import type { Approval, Channel, RefundQuery } from '../payments/schema.ts'
import { askAgain, checkOrder, closeOthers } from './ask.ts'
import { cancelOrder, closeExpired } from './close.ts'
import { changeCoupon, createCoupon, listCoupons } from './coupon-admin.ts'
import { createOrder, quote } from './create.ts'
import { orderDetail } from './detail.ts'
import { askJob, closeAttemptsJob, closeJob, refundJob, sweepJob } from './jobs.ts'
import { listOrders, searchOrders } from './list.ts'
import { getOrder, type OrdersDeps } from './order.ts'
import { channelsOf, pay } from './pay.ts'
import { approve, refundByOperator, reject, requestRefund, retry, second } from './refund.ts'
import { listRefunds } from './refund-list.ts'
import { advanceRefund, refundReported } from './refunding.ts'
import { salesOf, salesTable } from './sales.ts'
import type {
  CouponChange,
  CouponQuery,
  NewCoupon,
  NewOrder,
  OperatorRefund,
  OrderQuery,
  OrderSearch,
  QuoteQuery,
  RefundRequest,
  SalesQuery,
} from './schema.ts'
import { settle } from './settle.ts'
import { sweep } from './sweep.ts'

export type { OrdersDeps }
export type Orders = ReturnType<typeof createOrders>
type User = Pick<SignedInUser, 'id'>

export function createOrders(deps: OrdersDeps) {
  const settlement: Settlement = {
    settle: (report: PaymentReport) => settle(deps, report),
    refundReported: (report: RefundReport) => refundReported(deps, report),
  }
  return {
    ...settlement,
    agreement: () => deps.agreement,
    channels: () => channelsOf(deps),
    quote: (user: User | null, query: QuoteQuery) => quote(deps, user, query),
    create: (user: User, wish: NewOrder, key?: string) => createOrder(deps, user, wish, key),
    list: (user: User, query: OrderQuery) => listOrders(deps, user, query),
    get: (user: User, orderId: string) => getOrder(deps.db, and(eq(orders.id, orderId), eq(orders.userId, user.id))!),
    pay: (user: User & { ip: string }, orderId: string, channel: Channel) => pay(deps, user, orderId, channel),
    check: (user: User, orderId: string) => checkOrder(deps, user, orderId),
    cancel: (user: User, orderId: string) => cancelOrder(deps, user, orderId),
    requestRefund: (user: User, orderId: string, wish: RefundRequest, key?: string) =>
      requestRefund(deps, user, orderId, wish, key),
    sales: (teacher: User, query: SalesQuery) => salesOf(deps, teacher, query),
    salesTable: (teacher: User, query: SalesQuery) => salesTable(deps, teacher, query),
    operator: operatorPart(deps),
    /** Takes the orders' background work on. */
    work: () => work(deps),
  }
}

const operatorPart = (deps: OrdersDeps) => ({
  search: (query: OrderSearch) => searchOrders(deps.db, query),
  detail: (orderId: string) => orderDetail(deps.db, orderId),
  refund: (operator: User, orderId: string, refund: OperatorRefund, key?: string) =>
    refundByOperator(deps, operator, orderId, refund, key),
  refunds: (query: RefundQuery) => listRefunds(deps.db, query),
  approve: (operator: User, refundId: string, approval: Approval) => approve(deps, operator, refundId, approval),
  second: (operator: User, refundId: string) => second(deps, operator, refundId),
  reject: (operator: User, refundId: string, answer: string) => reject(deps, operator, refundId, answer),
  retry: (operator: User, refundId: string) => retry(deps, operator, refundId),
  coupons: (query: CouponQuery) => listCoupons(deps, query),
  createCoupon: (operator: User, coupon: NewCoupon) => createCoupon(deps, operator, coupon),
  changeCoupon: (operator: User, couponId: string, change: CouponChange) =>
    changeCoupon(deps, operator, couponId, change),
})

async function work(deps: OrdersDeps): Promise<void> {
  const { jobs } = deps
  const asking = { retries: 20, concurrency: 4, timeoutSeconds: 60 }
  await jobs.handle<{ orderId: string }>(closeJob, asking, (data) => closeExpired(deps, data))
  await jobs.handle<{ attemptId: string }>(askJob, asking, (data) => askAgain(deps, data))
  await jobs.handle<{ orderId: string }>(closeAttemptsJob, asking, (data) => closeOthers(deps, data))
  await jobs.handle<{ refundId: string }>(refundJob, asking, (data) => advanceRefund(deps, data))
  await jobs.handle(sweepJob, { retries: 0, timeoutSeconds: 120 }, () => sweep(deps))
  await jobs.every(sweepJob, '*/5 * * * *')
}
