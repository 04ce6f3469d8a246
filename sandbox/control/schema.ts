/** What the control interface takes. */
import { type Static, type TProperties, Type } from 'typebox'
import { faultNames } from '../faults.ts'
import { merchantNames } from '../keys.ts'
import { wechatModes } from '../options.ts'

const object = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false })
const oneOf = <W extends string>(words: readonly W[]) => Type.Unsafe<W>({ type: 'string', enum: [...words] })

const ProviderName = oneOf(['wechat', 'alipay'] as const)
const Merchant = Type.Optional(oneOf(merchantNames))
const TradeNumber = Type.String({ minLength: 1, maxLength: 64 })
const Fen = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })

export const TradeOf = object({ provider: ProviderName, outTradeNo: TradeNumber, merchant: Merchant })
export type TradeOf = Static<typeof TradeOf>

export const PayBody = object({ ...TradeOf.properties, couponFen: Type.Optional(Fen) })

export const SettleRefundBody = object({
  provider: ProviderName,
  outRefundNo: TradeNumber,
  merchant: Merchant,
  state: oneOf(['SUCCESS', 'ABNORMAL', 'CLOSED'] as const),
})

export const FaultBody = object({
  name: oneOf(faultNames),
  provider: Type.Optional(ProviderName),
  on: Type.Optional(oneOf(['answer', 'notice'] as const)),
  api: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  times: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: 1e6 }), Type.Null()])),
  value: Type.Optional(Type.Union([Type.String({ maxLength: 500 }), Type.Number()])),
})

export const ClockBody = object({
  businessOffsetMs: Type.Optional(Type.Integer()),
  wireOffsetMs: Type.Optional(Type.Integer()),
})

export const OptionsBody = object({
  wechatMode: Type.Optional(oneOf(wechatModes)),
  alipayClosedNotices: Type.Optional(Type.Boolean()),
})

/** Any content, genuinely signed. */
export const RawNoticeBody = Type.Union([
  object({
    provider: Type.Literal('wechat'),
    url: Type.String({ maxLength: 500 }),
    event: Type.String({ minLength: 1, maxLength: 64 }),
    originalType: Type.Optional(Type.String({ maxLength: 32 })),
    resource: Type.Object({}, { additionalProperties: true }),
    /** Whose APIv3 key it is sealed with. */
    sealedFor: Merchant,
    /** False: answers with the request instead of sending it. */
    deliver: Type.Optional(Type.Boolean()),
  }),
  object({
    provider: Type.Literal('alipay'),
    url: Type.String({ maxLength: 500 }),
    fields: Type.Record(Type.String(), Type.String()),
    deliver: Type.Optional(Type.Boolean()),
  }),
])
export type RawNoticeBody = Static<typeof RawNoticeBody>

export const Page = object({
  outTradeNo: Type.Optional(TradeNumber),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
})
export type Page = Static<typeof Page>
