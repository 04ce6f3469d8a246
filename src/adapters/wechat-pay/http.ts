/** The transport under the client library: every answer is verified before anyone reads it. */
import { NoticeRefused, OutcomeUnknown } from '../../payments/provider.ts'
import { type Answer, boundedFetch } from '../bounded-fetch.ts'
import { checkSignature, type KeyFinder } from './verify.ts'

/** The library writes this host into every address; a signature covers only what follows it. */
export const OFFICIAL_URL = 'https://api.mch.weixin.qq.com'
const BILL_PATH = '/v3/billdownload/'
const TIMEOUT_MS = 5000
const BILL_TIMEOUT_MS = 60_000
const MAX_BYTES = 1024 * 1024
const MAX_BILL_BYTES = 256 * 1024 * 1024

export type HttpDeps = {
  /** Where the provider really is. */
  url: string
  findKey: KeyFinder
  now: () => number
  /** Told to the provider, so that it answers with this key. */
  publicKeyId: string | undefined
  timeoutMs?: number
}

export type Result = { status: number; data?: unknown; error?: { code?: string; message?: string } }

type Headers = Record<string, string>

/** As the library wants it. Throws `OutcomeUnknown` for every answer that cannot be believed. */
export function createHttp({ url, findKey, now, publicKeyId, timeoutMs = TIMEOUT_MS }: HttpDeps) {
  async function send(method: 'GET' | 'POST', address: string, given: Headers, body?: string): Promise<Result> {
    const { origin, pathname, search } = new URL(address)
    if (origin !== OFFICIAL_URL) throw new Error('an address that is not WeChat Pay’s')
    const { 'Accept-Encoding': _, ...headers } = given
    if (publicKeyId) headers['Wechatpay-Serial'] = publicKeyId
    const bill = pathname.startsWith(BILL_PATH)
    const limits = bill ? { timeoutMs: BILL_TIMEOUT_MS, maxBytes: MAX_BILL_BYTES } : { timeoutMs, maxBytes: MAX_BYTES }
    const call = { method, headers, ...limits, ...(body !== undefined && { body }) }
    const answer = await boundedFetch(url + pathname + search, call)
    // A bill comes without a signature; its hash came with one.
    return bill && answer.status === 200 ? { status: 200, data: answer.body } : verified(answer)
  }

  function verified({ status, headers, body }: Answer): Result {
    try {
      checkSignature({ headers, body }, findKey, now())
    } catch (error) {
      const reason = error instanceof NoticeRefused ? error.reason : 'unreadable'
      throw new OutcomeUnknown(`an answer (${status}) that WeChat Pay did not sign: ${reason}`)
    }
    const content = body.length > 0 ? JSON.parse(body.toString('utf8')) : undefined
    if (status >= 500) throw new OutcomeUnknown(`WeChat Pay is in trouble: ${status} ${content?.code}`)
    return status >= 200 && status < 300 ? { status, data: content } : { status, error: content }
  }

  return {
    get: (address: string, headers: Headers) => send('GET', address, headers),
    /** The very text that was signed. */
    post: (address: string, params: object, headers: Headers) => send('POST', address, headers, JSON.stringify(params)),
    upload: () => Promise.reject(new Error('nothing is uploaded')),
  }
}
