/** Whether WeChat Pay said it, and what is inside: signatures over the bytes as they came, and authenticated decryption. */
import { createDecipheriv, type KeyObject, verify } from 'node:crypto'
import { NoticeRefused, type RawNotice } from '../../payments/provider.ts'

const ALGORITHM = 'WECHATPAY2-SHA256-RSA2048'
/** What WeChat's own libraries allow. */
const WINDOW_SECONDS = 300
/** Deliberately wrong signatures, by which WeChat finds out who does not check; they are refused like every other. */
const PROBE = 'WECHATPAY/SIGNTEST/'
const CIPHER = 'aes-256-gcm'
export const API_V3_KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Finds the key that a serial number or the id of a public key names. */
export type KeyFinder = (id: string) => KeyObject | undefined

/** Throws `NoticeRefused` unless WeChat Pay signed this body within the last five minutes. */
export function checkSignature({ headers, body }: RawNotice, findKey: KeyFinder, now: number): void {
  // Node joins a header that came twice with a comma: none of these patterns takes one.
  const read = (name: string, pattern: RegExp): string => {
    const value = headers[name]
    if (typeof value !== 'string' || !pattern.test(value)) throw new NoticeRefused('header')
    return value
  }
  const timestamp = read('wechatpay-timestamp', /^\d{9,11}$/)
  const nonce = read('wechatpay-nonce', /^[\w-]{1,128}$/)
  const serial = read('wechatpay-serial', /^[A-Za-z0-9_]{1,128}$/)
  const signature = read('wechatpay-signature', /^[A-Za-z0-9+/]{40,1024}={0,2}$/)
  const type = headers['wechatpay-signature-type']
  if (type !== undefined && type !== ALGORITHM) throw new NoticeRefused('header')
  if (Math.abs(now / 1000 - Number(timestamp)) >= WINDOW_SECONDS) throw new NoticeRefused('timestamp')
  const key = findKey(serial)
  if (!key) throw new NoticeRefused('serial')
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')])
  if (!verify('RSA-SHA256', message, key, Buffer.from(signature, 'base64')))
    throw new NoticeRefused(signature.startsWith(PROBE) ? 'probe' : 'signature')
}

export type Resource = { algorithm: string; ciphertext: string; nonce: string; associated_data?: string }

/** Decrypts, and throws `NoticeRefused` unless every bit is as it was sealed with this key. Another cipher is for published examples. */
export function openResource(
  { algorithm, ciphertext, nonce, associated_data = '' }: Resource,
  apiV3Key: string,
  cipher: 'aes-256-gcm' | 'aes-128-gcm' = CIPHER,
): string {
  const sealed = Buffer.from(ciphertext, 'base64')
  const [key, iv] = [Buffer.from(apiV3Key), Buffer.from(nonce)]
  if (algorithm !== 'AEAD_AES_256_GCM' || iv.length !== NONCE_BYTES || sealed.length < TAG_BYTES)
    throw new NoticeRefused('cipher')
  const decipher = createDecipheriv(cipher, key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(associated_data))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    // Without `final` nothing would be authenticated: the client library leaves it out.
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    throw new NoticeRefused('cipher')
  }
}
