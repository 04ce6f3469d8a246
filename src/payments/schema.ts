/** Ways to pay, refunds, the comparison with the providers' bills, and the self-test, as they travel over HTTP. */
import { Type } from 'typebox'
import {
  differenceKinds,
  paymentChannels,
  paymentSources,
  providers,
  refundCauses,
  refundStatuses,
} from '../../db/schema.ts'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'

const Uuid = Type.String({ format: 'uuid' })
const Moment = Type.Integer()

export const HIGHEST_FEN = 100_000_000_00
/** Whole fen. */
export const Fen = Type.Integer({ minimum: 0, maximum: HIGHEST_FEN })
/** A sentence or two of a person. */
export const Words = Type.String({ maxLength: 200, pattern: '^[^\\u0000]*$' })
/** What an earlier page gave as `next`. */
export const After = Type.Optional(Type.String({ maxLength: 100 }))

export const ProviderSchema = oneOf(...providers)
export type Provider = Static<typeof ProviderSchema>
export const ChannelSchema = oneOf(...paymentChannels)
export type Channel = Static<typeof ChannelSchema>

/** `sandboxUrl`: where codes are scanned without a phone; what is paid is no real money. Null where it is. */
export const ChannelListSchema = object({ channels: Type.Array(ChannelSchema), sandboxUrl: nullable(Type.String()) })
export type ChannelList = Static<typeof ChannelListSchema>

/** What the payer is shown: a code to scan, an address to go to, or parameters for WeChat's bridge. It is no proof of anything. */
export const PromptSchema = Type.Union([
  object({ kind: Type.Literal('code'), codeUrl: Type.String() }),
  object({ kind: Type.Literal('url'), url: Type.String() }),
  object({
    kind: Type.Literal('jsapi'),
    appId: Type.String(),
    timeStamp: Type.String(),
    nonceStr: Type.String(),
    package: Type.String(),
    signType: Type.String(),
    paySign: Type.String(),
  }),
])
export type Prompt = Static<typeof PromptSchema>

export const RefundStatusSchema = oneOf(...refundStatuses)
export const RefundCauseSchema = oneOf(...refundCauses)

/** A refund as operators see it. `approving`: above the limit, it waits for a second person. */
export const RefundSchema = object({
  id: Uuid,
  orderId: Uuid,
  orderNo: Type.String(),
  title: Type.String(),
  buyer: object({ id: Uuid, displayName: Type.String() }),
  provider: nullable(ProviderSchema),
  outRefundNo: Type.String(),
  amountFen: Type.Integer(),
  cause: RefundCauseSchema,
  reason: Type.String(),
  answer: Type.String(),
  status: RefundStatusSchema,
  failure: nullable(Type.String()),
  approvedBy: nullable(Uuid),
  secondedBy: nullable(Uuid),
  createdAt: Moment,
  succeededAt: nullable(Moment),
})
export type Refund = Static<typeof RefundSchema>

/** `waiting`: for a person to decide or to look; `running`: on their way; `done`: the others. */
export const refundFilters = ['waiting', 'running', 'done', 'all'] as const
export const RefundQuerySchema = object({ filter: oneOf(...refundFilters), after: After })
export type RefundQuery = Static<typeof RefundQuerySchema>
export const RefundPageSchema = object({ refunds: Type.Array(RefundSchema), next: nullable(Type.String()) })
export type RefundPage = Static<typeof RefundPageSchema>

/** Without an amount: what was asked for. */
export const ApprovalSchema = object({
  amountFen: Type.Optional(Type.Integer({ minimum: 1, maximum: HIGHEST_FEN })),
  answer: Type.Optional(Words),
})
export type Approval = Static<typeof ApprovalSchema>
export const RejectionSchema = object({ answer: Words })

/** A day's bill of one provider beside our books of that day: money in minus money back. */
export const ReconciliationSchema = object({
  id: Uuid,
  provider: ProviderSchema,
  billDate: Type.String(),
  status: oneOf('matched', 'differs', 'failed'),
  lines: Type.Integer(),
  theirsFen: Type.Integer(),
  oursFen: Type.Integer(),
  feesFen: Type.Integer(),
  failure: nullable(Type.String()),
  openDifferences: Type.Integer(),
  finishedAt: Moment,
})
export type Reconciliation = Static<typeof ReconciliationSchema>
export const ReconciliationQuerySchema = object({ after: After })
export const ReconciliationPageSchema = object({
  reconciliations: Type.Array(ReconciliationSchema),
  next: nullable(Type.String()),
})
export type ReconciliationPage = Static<typeof ReconciliationPageSchema>

const BillDate = Type.String({ pattern: '^20\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$' })
export const ReconcileSchema = object({ provider: ProviderSchema, billDate: BillDate })

/**
 * `missing_here`: paid there, and unknown or unpaid here; `missing_there`: the reverse; `unknown_order`: a number that
 * is none of ours.
 */
export const DifferenceSchema = object({
  id: Uuid,
  provider: ProviderSchema,
  billDate: Type.String(),
  kind: oneOf(...differenceKinds),
  about: oneOf('payment', 'refund'),
  number: Type.String(),
  providerTxn: nullable(Type.String()),
  oursFen: nullable(Type.Integer()),
  theirsFen: nullable(Type.Integer()),
  resolvedAt: nullable(Moment),
  note: Type.String(),
})
export type Difference = Static<typeof DifferenceSchema>
export const DifferenceQuerySchema = object({ filter: oneOf('open', 'all'), after: After })
export type DifferenceQuery = Static<typeof DifferenceQuerySchema>
export const DifferencePageSchema = object({ differences: Type.Array(DifferenceSchema), next: nullable(Type.String()) })
export type DifferencePage = Static<typeof DifferencePageSchema>
export const ResolutionSchema = object({
  note: Type.String({ minLength: 1, maxLength: 500, pattern: '^[^\\u0000]*$' }),
})

/** Money that a person must look at: of no order of ours, under a number that was paid already, or the wrong amount. */
export const AlarmSchema = object({
  id: Uuid,
  provider: ProviderSchema,
  kind: oneOf('payment', 'refund'),
  outTradeNo: Type.String(),
  outRefundNo: nullable(Type.String()),
  providerTxn: nullable(Type.String()),
  amountFen: Type.Integer(),
  source: oneOf(...paymentSources),
  outcome: nullable(Type.String()),
  receivedAt: Moment,
  seenAt: nullable(Moment),
})
export type Alarm = Static<typeof AlarmSchema>
export const AlarmQuerySchema = object({ filter: oneOf('open', 'all'), after: After })
export type AlarmQuery = Static<typeof AlarmQuerySchema>
export const AlarmPageSchema = object({ alarms: Type.Array(AlarmSchema), next: nullable(Type.String()) })
export type AlarmPage = Static<typeof AlarmPageSchema>

/** One thing that must be right before real money comes; `check` has a text in the client. */
export const SelfTestSchema = object({
  checks: Type.Array(
    object({
      provider: ProviderSchema,
      check: oneOf('key_pair', 'serial', 'api_key', 'provider_keys', 'clock', 'notice_url', 'reachable'),
      result: oneOf('ok', 'failed'),
      detail: Type.String(),
    }),
  ),
})
export type SelfTest = Static<typeof SelfTestSchema>
export type SelfCheck = SelfTest['checks'][number]
