/** What was ordered, how it was paid, and what went back. Amounts are whole fen. */
import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigserial,
  boolean,
  check,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { fen, milliseconds } from './columns.ts'
import { coupons } from './coupons.ts'
import { courses, membershipPlans } from './courses.ts'
import { users } from './users.ts'

export const orderStatuses = [
  'pending',
  'paying',
  'paid',
  'refunding',
  'partially_refunded',
  'refunded',
  'closed',
] as const

export const orders = pgTable(
  'orders',
  {
    id: uuid().primaryKey().defaultRandom(),
    orderNo: text('order_no').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    courseId: uuid('course_id').references(() => courses.id),
    planId: uuid('plan_id').references(() => membershipPlans.id),
    /** As it was called when it was ordered. */
    title: text().notNull(),
    listFen: fen('list_fen').notNull(),
    discountFen: fen('discount_fen').notNull().default(0),
    payableFen: fen('payable_fen').notNull(),
    refundedFen: fen('refunded_fen').notNull().default(0),
    couponId: uuid('coupon_id').references(() => coupons.id),
    /** How long the right lasts that this order pays for; null: for good. */
    accessDays: integer('access_days'),
    status: text({ enum: orderStatuses }).notNull().default('pending'),
    /** Counts the changes of status. */
    version: integer().notNull().default(0),
    paidAttemptId: uuid('paid_attempt_id').references((): AnyPgColumn => paymentAttempts.id),
    /** The purchase agreement that was consented to. */
    agreementVersion: text('agreement_version').notNull(),
    consentedAt: milliseconds('consented_at').notNull(),
    expiresAt: milliseconds('expires_at').notNull(),
    paidAt: milliseconds('paid_at'),
    closedAt: milliseconds('closed_at'),
    closedReason: text('closed_reason', { enum: ['expired', 'cancelled'] }),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    unique('orders_number').on(table.orderNo),
    uniqueIndex('orders_one_open_course')
      .on(table.userId, table.courseId)
      .where(sql`${table.status} in ('pending', 'paying') and ${table.courseId} is not null`),
    uniqueIndex('orders_one_open_plan')
      .on(table.userId, table.planId)
      .where(sql`${table.status} in ('pending', 'paying') and ${table.planId} is not null`),
    index('orders_user').on(table.userId, table.createdAt),
    index('orders_course').on(table.courseId, table.createdAt),
    index('orders_status').on(table.status, table.expiresAt),
    check('orders_course_or_plan', sql`(${table.courseId} is null) <> (${table.planId} is null)`),
    check(
      'orders_amounts',
      sql`${table.listFen} >= 0 and ${table.discountFen} >= 0 and ${table.payableFen} >= 0 and ${table.payableFen} = ${table.listFen} - ${table.discountFen}`,
    ),
    check('orders_refunded', sql`${table.refundedFen} between 0 and ${table.payableFen}`),
    check(
      'orders_paid_by',
      sql`${table.status} in ('pending', 'paying', 'closed') or ${table.payableFen} = 0 or ${table.paidAttemptId} is not null`,
    ),
    check('orders_closed_unpaid', sql`${table.status} <> 'closed' or ${table.paidAttemptId} is null`),
  ],
)

/** One use of a coupon: reserved with its order, consumed when that is paid, gone when it is closed. */
export const couponRedemptions = pgTable(
  'coupon_redemptions',
  {
    couponId: uuid('coupon_id')
      .notNull()
      .references(() => coupons.id),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    consumedAt: milliseconds('consumed_at'),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.couponId, table.userId] }),
    unique('coupon_redemptions_order').on(table.orderId),
  ],
)

export const paymentChannels = [
  'wechat_native',
  'wechat_jsapi',
  'wechat_h5',
  'alipay_page',
  'alipay_wap',
  'alipay_qr',
] as const
export const providers = ['wechat', 'alipay'] as const
/** How we came to know that money moved. */
export const paymentSources = ['notice', 'query', 'bill'] as const

export const refundCauses = [
  'requested',
  'operator',
  'duplicate_payment',
  'paid_after_close',
  'amount_mismatch',
] as const
export const refundStatuses = [
  'requested',
  'approving',
  'approved',
  'processing',
  'succeeded',
  'abnormal',
  'failed',
  'rejected',
] as const

/** One try to pay an order, under a number of its own at the provider. At most one settles the order; money of others goes back. */
export const paymentAttempts = pgTable(
  'payment_attempts',
  {
    id: uuid().primaryKey().defaultRandom(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    channel: text({ enum: paymentChannels }).notNull(),
    provider: text({ enum: providers }).notNull(),
    outTradeNo: text('out_trade_no').notNull(),
    amountFen: fen('amount_fen').notNull(),
    status: text({ enum: ['created', 'pending', 'succeeded', 'closing', 'closed', 'failed'] })
      .notNull()
      .default('created'),
    /** What the payer is shown: a code to scan, an address to open, parameters for a bridge. */
    prompt: json().$type<Record<string, string>>(),
    promptExpiresAt: milliseconds('prompt_expires_at'),
    providerTxn: text('provider_txn'),
    role: text({ enum: ['settling', 'surplus'] }),
    succeededAt: milliseconds('succeeded_at'),
    /** What the provider must be told of the payer: the same each time, or it refuses to be asked again. */
    payer: json().$type<{ openid?: string; clientIp?: string }>().notNull(),
    /** The last moment the provider takes the money; before the order's own. */
    expiresAt: milliseconds('expires_at').notNull(),
    /** When the provider was last asked. */
    askedAt: milliseconds('asked_at'),
    nextQueryAt: milliseconds('next_query_at'),
    queryTries: integer('query_tries').notNull().default(0),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    unique('payment_attempts_number').on(table.provider, table.outTradeNo),
    unique('payment_attempts_txn').on(table.provider, table.providerTxn),
    uniqueIndex('payment_attempts_one_settling').on(table.orderId).where(sql`${table.role} = 'settling'`),
    uniqueIndex('payment_attempts_one_live')
      .on(table.orderId, table.channel)
      .where(sql`${table.status} in ('created', 'pending')`),
    index('payment_attempts_order').on(table.orderId),
    index('payment_attempts_query').on(table.nextQueryAt),
    index('payment_attempts_day').on(table.provider, table.succeededAt),
    check(
      'payment_attempts_paid',
      sql`(${table.status} = 'succeeded') = (${table.role} is not null) and (${table.status} = 'succeeded') = (${table.providerTxn} is not null)`,
    ),
    check('payment_attempts_amount', sql`${table.amountFen} > 0`),
  ],
)

/** Every word of a provider that money moved, each once. */
export const providerEvents = pgTable(
  'provider_events',
  {
    id: uuid().primaryKey().defaultRandom(),
    provider: text({ enum: providers }).notNull(),
    eventKey: text('event_key').notNull(),
    kind: text({ enum: ['payment', 'refund'] }).notNull(),
    outTradeNo: text('out_trade_no').notNull(),
    outRefundNo: text('out_refund_no'),
    providerTxn: text('provider_txn'),
    amountFen: fen('amount_fen').notNull(),
    source: text({ enum: paymentSources }).notNull(),
    outcome: text(),
    /** Set where a person must look at it; and when somebody has. */
    alarm: boolean().notNull().default(false),
    seenAt: milliseconds('seen_at'),
    seenBy: uuid('seen_by').references(() => users.id),
    receivedAt: milliseconds('received_at').notNull(),
  },
  (table) => [
    unique('provider_events_key').on(table.provider, table.eventKey),
    index('provider_events_alarms').on(table.receivedAt).where(sql`${table.alarm}`),
  ],
)

export const refunds = pgTable(
  'refunds',
  {
    id: uuid().primaryKey().defaultRandom(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    attemptId: uuid('attempt_id').references(() => paymentAttempts.id),
    outRefundNo: text('out_refund_no').notNull(),
    amountFen: fen('amount_fen').notNull(),
    /** Why money goes back: by a person's wish, or by itself. */
    cause: text({ enum: refundCauses }).notNull(),
    reason: text().notNull().default(''),
    status: text({ enum: refundStatuses }).notNull(),
    /** What the operator who decided has to say to the buyer. */
    answer: text().notNull().default(''),
    /** The provider's code for why it did not work. */
    failure: text(),
    requestedBy: uuid('requested_by').references(() => users.id),
    /** Above a limit two people approve. */
    approvedBy: uuid('approved_by').references(() => users.id),
    secondedBy: uuid('seconded_by').references(() => users.id),
    providerRefundId: text('provider_refund_id'),
    nextQueryAt: milliseconds('next_query_at'),
    queryTries: integer('query_tries').notNull().default(0),
    succeededAt: milliseconds('succeeded_at'),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('refunds_one_open_each')
      .on(table.orderId)
      .where(
        sql`${table.cause} in ('requested', 'operator') and ${table.status} in ('requested', 'approving', 'approved', 'processing', 'abnormal')`,
      ),
    index('refunds_day').on(table.succeededAt),
    unique('refunds_number').on(table.outRefundNo),
    uniqueIndex('refunds_one_automatic')
      .on(table.attemptId)
      .where(sql`${table.cause} in ('duplicate_payment', 'paid_after_close', 'amount_mismatch')`),
    index('refunds_order').on(table.orderId),
    index('refunds_query').on(table.nextQueryAt),
    index('refunds_status').on(table.status, table.createdAt),
    check('refunds_amount', sql`${table.amountFen} >= 0`),
    check('refunds_two_people', sql`${table.secondedBy} is null or ${table.secondedBy} <> ${table.approvedBy}`),
  ],
)

/** Every change of an order's status, and what else befell it. Only ever added to. */
export const orderEvents = pgTable(
  'order_events',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** Several may happen within a millisecond. */
    seq: bigserial({ mode: 'number' }).notNull(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    fromStatus: text('from_status', { enum: orderStatuses }),
    toStatus: text('to_status', { enum: orderStatuses }),
    /** A user's id, or the name of the part of the server that did it. */
    actor: text().notNull(),
    cause: text().notNull(),
    at: milliseconds('at').notNull(),
  },
  (table) => [index('order_events_order').on(table.orderId, table.seq)],
)

/** The answer to a request that must not be carried out twice, under the key its client chose. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    key: text().notNull(),
    requestHash: text('request_hash').notNull(),
    answer: json(),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
)
