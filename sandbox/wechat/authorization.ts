/** Checks who a request to WeChat Pay is from: merchant number, certificate, time, nonce, signature. */
import { createPublicKey, verify } from 'node:crypto'
import type { WechatMerchant } from '../keys.ts'
import { merchantsOf, type World } from '../world.ts'
import { WechatError } from './errors.ts'

const SCHEME = /^WECHATPAY2-SHA256-RSA2048 (.+)$/
const FIELD = /^(mchid|nonce_str|timestamp|serial_no|signature)="([^"]*)"$/
const TOLERANCE_SECONDS = 300
const SHOWN_CHARACTERS = 200

export type SignedRequest = { method: string; url: string; authorization: string; body: string }

/** Nonces are remembered as long as their timestamp is good. */
export class Authorization {
  readonly #world: Pick<World, 'keys' | 'clock'>
  readonly #usedUntil = new Map<string, number>()

  constructor(world: Pick<World, 'keys' | 'clock'>) {
    this.#world = world
  }

  /** The merchant who signed the request. */
  check(request: SignedRequest): WechatMerchant {
    const fields = readFields(request.authorization)
    const merchant = merchantsOf(this.#world).find(({ wechat }) => wechat.mchid === fields.mchid)?.wechat
    if (!merchant) throw refusal('商户号不存在或与证书不匹配', 'mchid not exist')
    if (fields.serial_no.toUpperCase() !== merchant.serial)
      throw refusal('商户证书序列号有误。请使用签名私钥匹配的证书序列号', 'serial_no not match')
    const now = this.#world.clock.wireSeconds()
    const good = /^\d{10}$/.test(fields.timestamp) && Math.abs(now - Number(fields.timestamp)) <= TOLERANCE_SECONDS
    if (!good) throw refusal('Http头Authorization中的timestamp与发起请求的时间不得超过5分钟', 'timestamp expired')
    this.#spendNonce(`${fields.mchid} ${fields.nonce_str}`, now)
    const message = `${request.method}\n${request.url}\n${fields.timestamp}\n${fields.nonce_str}\n${request.body}\n`
    const key = createPublicKey(merchant.certificate)
    if (!verify('sha256', Buffer.from(message), key, Buffer.from(fields.signature, 'base64')))
      throw refusal('错误的签名，验签失败', 'sign not match', {
        sign_information: {
          method: request.method,
          url: request.url,
          truncated_sign_message: message.slice(0, SHOWN_CHARACTERS),
          sign_message_length: message.length,
        },
      })
    return merchant
  }

  #spendNonce(nonce: string, now: number): void {
    for (const [used, until] of this.#usedUntil) {
      if (until > now) break
      this.#usedUntil.delete(used)
    }
    if (this.#usedUntil.has(nonce)) throw refusal('Http头Authorization中的nonce_str重复', 'nonce_str used')
    this.#usedUntil.set(nonce, now + 2 * TOLERANCE_SECONDS)
  }
}

type Fields = Record<'mchid' | 'nonce_str' | 'timestamp' | 'serial_no' | 'signature', string>

function readFields(authorization: string): Fields {
  const parts = SCHEME.exec(authorization)?.[1]?.split(',') ?? []
  const fields = Object.fromEntries(parts.flatMap((part) => [FIELD.exec(part.trim())?.slice(1, 3) ?? []])) as Fields
  const complete = ['mchid', 'nonce_str', 'timestamp', 'serial_no', 'signature'].every(
    (name) => fields[name as keyof Fields],
  )
  if (!complete) throw refusal('Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》', 'bad format')
  return fields
}

const refusal = (message: string, issue: string, more: object = {}) =>
  new WechatError(401, 'SIGN_ERROR', message, { location: 'authorization', field: 'signature', issue, ...more })
