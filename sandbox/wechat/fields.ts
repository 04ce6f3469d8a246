/** What may stand in the fields of a request to WeChat Pay. Unknown fields are passed over, as there. */
import { type Static, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { invalid } from './errors.ts'

const AppId = Type.String({ minLength: 1, maxLength: 32 })
const MerchantNumber = Type.String({ minLength: 1, maxLength: 32 })
const TradeNumber = Type.String({ pattern: '^[0-9A-Za-z_\\-|*]{6,32}$' })
const RefundNumber = Type.String({ pattern: '^[0-9A-Za-z_\\-|*@]{1,64}$' })
const NotifyUrl = Type.String({ minLength: 1, maxLength: 255 })
const Fen = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })
const Currency = Type.Optional(Type.Literal('CNY'))

const common = {
  appid: AppId,
  mchid: MerchantNumber,
  description: Type.String({ minLength: 1, maxLength: 127 }),
  out_trade_no: TradeNumber,
  time_expire: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\+08:00$' })),
  attach: Type.Optional(Type.String({ maxLength: 128 })),
  notify_url: NotifyUrl,
  goods_tag: Type.Optional(Type.String({ maxLength: 32 })),
  support_fapiao: Type.Optional(Type.Boolean()),
  amount: Type.Object({ total: Fen, currency: Currency }),
}

const scene = { payer_client_ip: Type.String({ minLength: 1, maxLength: 45 }) }

const NativeFields = Type.Object(common)
const JsapiFields = Type.Object({
  ...common,
  payer: Type.Object({ openid: Type.String({ minLength: 1, maxLength: 128 }) }),
})
const H5Fields = Type.Object({
  ...common,
  scene_info: Type.Object({
    ...scene,
    h5_info: Type.Object({ type: Type.String({ minLength: 1, maxLength: 32 }) }),
  }),
})
const CloseFields = Type.Object({ mchid: MerchantNumber })
const RefundFields = Type.Object({
  transaction_id: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
  out_trade_no: Type.Optional(TradeNumber),
  out_refund_no: RefundNumber,
  reason: Type.Optional(Type.String({ maxLength: 80 })),
  notify_url: Type.Optional(NotifyUrl),
  funds_account: Type.Optional(Type.Literal('AVAILABLE')),
  amount: Type.Object({ refund: Fen, total: Fen, currency: Type.Literal('CNY') }),
})

export type TransactionFields = Static<typeof NativeFields> & { payer?: { openid: string } }
export type RefundFields = Static<typeof RefundFields>

/** Answers with the body as this schema has it, or refuses the first field that breaks a rule. */
function reader<S extends TSchema>(schema: S): (body: unknown) => Static<S> {
  const validator = Compile(schema)
  return (body) => {
    if (validator.Check(body)) return body as Static<S>
    const [error] = validator.Errors(body)
    const missing = error?.keyword === 'required' ? `/${String(Object(error.params).requiredProperties)}` : ''
    const path = `${error?.instancePath ?? ''}${missing}`.slice(1)
    throw invalid(path, valueAt(body, path), missing ? '此字段为必填项' : String(error?.message))
  }
}

const valueAt = (body: unknown, path: string): unknown =>
  path.split('/').reduce<unknown>((value, name) => Object(value)[name], body)

export const readTransaction = {
  native: reader(NativeFields) as (body: unknown) => TransactionFields,
  jsapi: reader(JsapiFields) as (body: unknown) => TransactionFields,
  h5: reader(H5Fields) as (body: unknown) => TransactionFields,
}
export const readClose = reader(CloseFields)
export const readRefund = reader(RefundFields)

const PRIVATE_HOST = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])/

/** Notices go to https addresses without a query; plain http only where it does not leave the house. */
export function checkNotifyUrl(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && PRIVATE_HOST.test(url.hostname))
  if (!safe) throw invalid('notify_url', text, '必须为https地址')
  if (text.includes('?') || text.includes('#')) throw invalid('notify_url', text, '不能携带参数')
}
