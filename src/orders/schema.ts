/** Orders, coupons and sales, as they travel over HTTP. Amounts are whole fen. */
import { Type } from 'typebox'
import { orderStatuses, paymentSources } from '../../db/schema.ts'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'
import {
  After,
  ChannelSchema,
  Fen,
  HIGHEST_FEN,
  PromptSchema,
  ProviderSchema,
  RefundCauseSchema,
  RefundSchema,
  RefundStatusSchema,
} from '../payments/schema.ts'

const Uuid = Type.String({ format: 'uuid' })
const Moment = Type.Integer()

export const OrderStatusSchema = oneOf(...orderStatuses)
export type OrderStatus = Static<typeof OrderStatusSchema>

/** Upper and lower case are the same. */
export const CouponCodeSchema = Type.String({ minLength: 3, maxLength: 32, pattern: '^[A-Za-z0-9_-]+$' })
const AgreementVersion = Type.String({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9.-]+$' })

/** Of a request that must not be carried out twice: the same key gives the same answer. */
export const IdempotencyHeaderSchema = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ minLength: 8, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })),
})

/** Exactly one of `courseId` and `planId`. */
export const QuoteQuerySchema = object({
  courseId: Type.Optional(Uuid),
  planId: Type.Optional(Uuid),
  coupon: Type.Optional(CouponCodeSchema),
})
export type QuoteQuery = Static<typeof QuoteQuerySchema>
/** What it would cost now. `struckThroughFen` is the price before it was lowered, where there is one. */
export const QuoteSchema = object({
  title: Type.String(),
  struckThroughFen: nullable(Type.Integer()),
  listFen: Type.Integer(),
  discountFen: Type.Integer(),
  payableFen: Type.Integer(),
  accessDays: nullable(Type.Integer()),
  agreementVersion: Type.String(),
  /** What the asking person has of it already; null: nothing, or a visitor asks. */
  yours: nullable(
    object({
      /** Null: for good. */
      endsAt: nullable(Moment),
      /** Whether it can be bought on top, to last longer. */
      more: Type.Boolean(),
    }),
  ),
  /** Why the coupon that was asked about does not count. */
  couponProblem: nullable(oneOf('unknown', 'not_for_this', 'not_now', 'used_up', 'used_by_you', 'below_minimum')),
})
export type Quote = Static<typeof QuoteSchema>
export type CouponProblem = NonNullable<Quote['couponProblem']>

/** Exactly one of `courseId` and `planId`; what it costs is the server's to say. */
export const NewOrderSchema = object({
  courseId: Type.Optional(Uuid),
  planId: Type.Optional(Uuid),
  couponCode: Type.Optional(CouponCodeSchema),
  /** The purchase agreement that the buyer consents to. */
  agreementVersion: AgreementVersion,
})
export type NewOrder = Static<typeof NewOrderSchema>

/** `paying`: a provider knows of it; `refunding`: a refund is asked for or on its way. */
export const OrderSchema = object({
  id: Uuid,
  orderNo: Type.String(),
  courseId: nullable(Uuid),
  planId: nullable(Uuid),
  title: Type.String(),
  listFen: Type.Integer(),
  discountFen: Type.Integer(),
  payableFen: Type.Integer(),
  refundedFen: Type.Integer(),
  couponCode: nullable(Type.String()),
  accessDays: nullable(Type.Integer()),
  status: OrderStatusSchema,
  createdAt: Moment,
  /** Unpaid, it is closed at this moment. */
  expiresAt: Moment,
  paidAt: nullable(Moment),
  closedAt: nullable(Moment),
  closedReason: nullable(oneOf('expired', 'cancelled')),
  /** How it was paid. */
  channel: nullable(ChannelSchema),
  /** The latest refund that a person asked for. */
  refund: nullable(
    object({
      amountFen: Type.Integer(),
      status: RefundStatusSchema,
      reason: Type.String(),
      answer: Type.String(),
      createdAt: Moment,
    }),
  ),
})
export type Order = Static<typeof OrderSchema>
export const OrderAnswerSchema = object({ order: OrderSchema, now: Moment })
export type OrderAnswer = Static<typeof OrderAnswerSchema>

/** `open`: can be paid; `bought`: paid, refunds included; `closed`: never paid. */
export const orderFilters = ['all', 'open', 'bought', 'closed'] as const
export const OrderQuerySchema = object({
  filter: oneOf(...orderFilters),
  courseId: Type.Optional(Uuid),
  planId: Type.Optional(Uuid),
  after: After,
})
export type OrderQuery = Static<typeof OrderQuerySchema>
export const OrderPageSchema = object({ orders: Type.Array(OrderSchema), next: nullable(Type.String()), now: Moment })
export type OrderPage = Static<typeof OrderPageSchema>

export const PaySchema = object({ channel: ChannelSchema })
/** The same prompt is given again until it expires; then it can be asked for anew. */
export const PayAnswerSchema = object({ prompt: PromptSchema, expiresAt: Moment, order: OrderSchema, now: Moment })
export type PayAnswer = Static<typeof PayAnswerSchema>

/** Without an amount: all that is left of it. */
export const RefundRequestSchema = object({
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' }),
})
export type RefundRequest = Static<typeof RefundRequestSchema>

/** Markdown in both languages. */
export const AgreementSchema = object({ version: Type.String(), zh: Type.String(), en: Type.String() })
export type Agreement = Static<typeof AgreementSchema>

/** By a part of the order number, of a number at the provider, or of the buyer's name. */
export const OrderSearchSchema = object({
  search: Type.Optional(Type.String({ maxLength: 64, pattern: '^[^\\u0000]*$' })),
  status: Type.Optional(OrderStatusSchema),
  userId: Type.Optional(Uuid),
  after: After,
})
export type OrderSearch = Static<typeof OrderSearchSchema>
export const FoundOrderSchema = object({
  order: OrderSchema,
  buyer: object({ id: Uuid, username: Type.String(), displayName: Type.String() }),
})
export const FoundOrderPageSchema = object({ orders: Type.Array(FoundOrderSchema), next: nullable(Type.String()) })
export type FoundOrderPage = Static<typeof FoundOrderPageSchema>

/** `payment`, `refund…`: of what is `about`; `pay`: through the channel that is `about`. */
export const orderCauses = [
  'created',
  'free',
  'pay',
  'payment',
  'cancelled',
  'expired',
  'refund',
  'refundRejected',
  'refundFailed',
  'surplusReturned',
  'duplicate_payment',
  'paid_after_close',
  'amount_mismatch',
] as const
/** The parts of the server that change orders: what told of money, the time limit, the sender of refunds. */
export const orderActors = [...paymentSources, 'closer', 'refund'] as const

/** Everything that is known of one order. */
export const OrderDetailSchema = object({
  order: OrderSchema,
  buyer: object({ id: Uuid, username: Type.String(), displayName: Type.String() }),
  agreementVersion: Type.String(),
  consentedAt: Moment,
  attempts: Type.Array(
    object({
      id: Uuid,
      channel: ChannelSchema,
      provider: ProviderSchema,
      outTradeNo: Type.String(),
      providerTxn: nullable(Type.String()),
      amountFen: Type.Integer(),
      status: oneOf('created', 'pending', 'succeeded', 'closing', 'closed', 'failed'),
      role: nullable(oneOf('settling', 'surplus')),
      createdAt: Moment,
      succeededAt: nullable(Moment),
      askedAt: nullable(Moment),
    }),
  ),
  refunds: Type.Array(RefundSchema),
  events: Type.Array(
    object({
      fromStatus: nullable(OrderStatusSchema),
      toStatus: nullable(OrderStatusSchema),
      /** The name of the person, or the part of the server, that did it; both null: a person who is gone. */
      person: nullable(Type.String()),
      part: nullable(oneOf(...orderActors)),
      cause: oneOf(...orderCauses),
      about: nullable(Type.String()),
      at: Moment,
    }),
  ),
  ledger: Type.Array(
    object({
      kind: Type.String(),
      reference: Type.String(),
      at: Moment,
      entries: Type.Array(object({ account: Type.String(), amountFen: Type.Integer() })),
    }),
  ),
})
export type OrderDetail = Static<typeof OrderDetailSchema>

export const OperatorRefundSchema = object({
  amountFen: Type.Integer({ minimum: 0, maximum: HIGHEST_FEN }),
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' }),
})
export type OperatorRefund = Static<typeof OperatorRefundSchema>
export const RefundAnswerSchema = object({ refund: RefundSchema })
export { RefundCauseSchema }

/** Nothing costs more. */
const MOST_OFF_FEN = 100_000_000

const couponFields = {
  /** Fen off, or percent off. */
  value: Type.Integer({ minimum: 1, maximum: MOST_OFF_FEN }),
  courseId: Type.Optional(nullable(Uuid)),
  planId: Type.Optional(nullable(Uuid)),
  minimumFen: Type.Optional(Fen),
  maximumUses: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 1_000_000 }))),
  startsAt: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15 })),
  endsAt: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 8.64e15 }))),
}
export const NewCouponSchema = object({
  code: CouponCodeSchema,
  kind: oneOf('fixed', 'percent'),
  ...couponFields,
})
export type NewCoupon = Static<typeof NewCouponSchema>
/** What it takes off cannot change: another coupon can be made. */
export const CouponChangeSchema = object({
  maximumUses: couponFields.maximumUses,
  endsAt: couponFields.endsAt,
  disabled: Type.Optional(Type.Boolean()),
})
export type CouponChange = Static<typeof CouponChangeSchema>
export const CouponSchema = object({
  id: Uuid,
  code: Type.String(),
  kind: oneOf('fixed', 'percent'),
  value: Type.Integer(),
  courseId: nullable(Uuid),
  planId: nullable(Uuid),
  minimumFen: Type.Integer(),
  maximumUses: nullable(Type.Integer()),
  uses: Type.Integer(),
  startsAt: Moment,
  endsAt: nullable(Moment),
  disabledAt: nullable(Moment),
  createdAt: Moment,
})
export type Coupon = Static<typeof CouponSchema>
export const CouponQuerySchema = object({
  search: Type.Optional(Type.String({ maxLength: 32, pattern: '^[A-Za-z0-9_-]*$' })),
  after: After,
})
export type CouponQuery = Static<typeof CouponQuerySchema>
/** `scopeTitle`: of the course or the membership that it is for. */
export const ListedCouponSchema = object({ ...CouponSchema.properties, scopeTitle: nullable(Type.String()) })
export type ListedCoupon = Static<typeof ListedCouponSchema>
export const CouponPageSchema = object({ coupons: Type.Array(ListedCouponSchema), next: nullable(Type.String()) })
export type CouponPage = Static<typeof CouponPageSchema>

const Day = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
/** Whole days in Beijing, both included; at most 366. */
export const SalesQuerySchema = object({ from: Day, to: Day })
export type SalesQuery = Static<typeof SalesQuerySchema>
const totals = { orders: Type.Integer(), paidFen: Type.Integer(), refundedFen: Type.Integer() }
export const SalesSchema = object({
  total: object(totals),
  /** Only days with sales, in order. */
  days: Type.Array(object({ day: Type.String(), ...totals })),
  /** The best-selling first. */
  courses: Type.Array(object({ courseId: Uuid, title: Type.String(), ...totals })),
})
export type Sales = Static<typeof SalesSchema>
