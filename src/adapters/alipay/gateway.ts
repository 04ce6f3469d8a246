/** Calls to Alipay's gateway: the client library signs them and verifies the answers; redirects, time and size are ours to limit. */
import type { AlipaySdk } from 'alipay-sdk'
import { beijingTime } from '../../payments/money.ts'
import { OutcomeUnknown } from '../../payments/provider.ts'
import { boundedFetch } from '../bounded-fetch.ts'

const MAX_BYTES = 1024 * 1024

export type Gateway = { sdk: AlipaySdk; url: string; now: () => number; timeoutMs: number; noticeUrl: string }
export type Content = Record<string, unknown>

/** `code` is 10000 where it was done; otherwise `sub_code` says why not. */
export type Reply = Record<string, unknown> & { code: string; sub_code?: string }

/**
 * Throws `OutcomeUnknown` for every answer that Alipay did not sign, and for trouble at its end. What is read is the very
 * text that the signature covers.
 */
export async function call(gateway: Gateway, method: string, bizContent: Content, notify = false): Promise<Reply> {
  const { sdk, url, timeoutMs } = gateway
  const signed = new URLSearchParams(sdk.sdkExecute(method, { bizContent, ...common(gateway, notify) }))
  const content = signed.get('biz_content')!
  signed.delete('biz_content')
  const { status, body } = await boundedFetch(`${url}?${signed}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', accept: 'application/json' },
    body: new URLSearchParams({ biz_content: content }).toString(),
    timeoutMs,
    maxBytes: MAX_BYTES,
  })
  if (status !== 200) throw new OutcomeUnknown(`Alipay answered ${status}`)
  const reply = verified(sdk, method, body.toString('utf8'))
  if (reply.code === '20000') throw new OutcomeUnknown(`Alipay is in trouble: ${reply.sub_code}`)
  return reply
}

/** The library would take the time of this machine's zone. */
export const common = ({ now, noticeUrl }: Gateway, notify: boolean) => ({
  timestamp: beijingTime(now()),
  ...(notify && { notifyUrl: noticeUrl }),
})

function verified(sdk: AlipaySdk, method: string, raw: string): Reply {
  const name = `${method.replaceAll('.', '_')}_response`
  try {
    const { sign } = JSON.parse(raw) as { sign: string }
    sdk.checkResponseSign(raw, name, sign, '')
    return JSON.parse(sdk.getSignStr(raw, name)) as Reply
  } catch (error) {
    // The library's message repeats the answer, which names the payer.
    throw new OutcomeUnknown(`an answer that Alipay did not sign: ${(error as Error).name}`)
  }
}
