/** Messages to phones by Aliyun SMS: its `SendSms`, signed with ACS3-HMAC-SHA256. */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Phone } from '../users/phones.ts'
import type { SmsSender } from '../users/sms.ts'

const ANSWER_LIMIT_MS = 8000
const ACTION = 'SendSms'
const VERSION = '2017-05-25'

export type AliyunSmsOptions = {
  url: string
  accessKeyId: string
  accessKeySecret: string
  signName: string
  templateCode: string
  /** Aliyun's templates for mainland China do not serve other countries. Undefined: nothing is sent there. */
  templateCodeAbroad: string | undefined
}

type Log = { error(details: object, message: string): void; warn(details: object, message: string): void }

export function createAliyunSms(options: AliyunSmsOptions, log: Log, now = Date.now): SmsSender {
  return {
    async sendCode({ phone, code }) {
      const query = queryOf({ ...receiver(options, phone), TemplateParam: JSON.stringify({ code }) })
      const answer = await call(options, query, log, now())
      if (answer.Code === 'OK') return
      // Not the message: it may repeat the number.
      const details = { code: answer.Code, requestId: answer.RequestId }
      if (answer.Code === 'isv.MOBILE_NUMBER_ILLEGAL')
        throw new AppError('phone_unsupported', 'Aliyun takes no messages to this number')
      if (passing.has(answer.Code)) log.warn(details, 'Aliyun holds messages back')
      else log.error(details, 'Aliyun refused to send a message')
      throw new AppError('sms_failed', 'the message was not sent')
    },
  }
}

/** Its own limits for one number, and troubles that pass. */
const passing = new Set(['isv.BUSINESS_LIMIT_CONTROL', 'isv.DAY_LIMIT_CONTROL', 'isp.SYSTEM_ERROR', 'Throttling.User'])

function receiver({ signName, templateCode, templateCodeAbroad }: AliyunSmsOptions, phone: Phone) {
  if (phone.startsWith('+86')) return { PhoneNumbers: phone.slice(3), SignName: signName, TemplateCode: templateCode }
  if (!templateCodeAbroad) throw new AppError('phone_unsupported', 'there is no template for numbers abroad')
  return { PhoneNumbers: phone.slice(1), SignName: signName, TemplateCode: templateCodeAbroad }
}

type Answer = { Code: string; RequestId?: string }

/** Once: Aliyun cannot tell a repeated request from a second message. */
async function call(options: AliyunSmsOptions, query: string, log: Log, at: number): Promise<Answer> {
  const { host, origin } = new URL(options.url)
  const headers = signedHeaders({ ...options, host, action: ACTION, version: VERSION, query, nonce: randomUUID(), at })
  try {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS)
    const response = await fetch(`${origin}/?${query}`, { method: 'POST', headers, signal, redirect: 'error' })
    const answer = (await response.json()) as Partial<Answer> | null
    if (typeof answer?.Code !== 'string') throw new Error(`HTTP ${response.status} without a code`)
    return answer as Answer
  } catch (error) {
    const { name, message } = error as Error
    log.error({ reason: `${name}: ${message}` }, 'Aliyun gave no answer to a message')
    throw new AppError('sms_failed', 'the message may not have been sent')
  }
}

/** In the order that the signature needs. */
export const queryOf = (parameters: Record<string, string>): string =>
  Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name]!)}`)
    .join('&')

/** As RFC 3986 says: `encodeURIComponent` lets five characters pass that have to be encoded here. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

export type ToSign = {
  accessKeyId: string
  accessKeySecret: string
  host: string
  action: string
  version: string
  query: string
  nonce: string
  at: number
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The headers of a request without a body. */
export function signedHeaders({ accessKeyId, accessKeySecret, host, action, version, query, nonce, at }: ToSign) {
  const headers = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': sha256(''),
    'x-acs-date': `${new Date(at).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  }
  const names = Object.keys(headers).join(';')
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`)
  const canonical = ['POST', '/', query, lines.join(''), names, headers['x-acs-content-sha256']].join('\n')
  const signature = createHmac('sha256', accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${names},Signature=${signature}`
  return { ...headers, authorization }
}
