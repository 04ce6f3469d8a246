/** How providers test themselves: each check does nothing, or says what is wrong. */
import type { Provider, SelfCheck } from '../payments/schema.ts'
import { boundedFetch } from './bounded-fetch.ts'

const CLOCKS_MAY_DIFFER_MS = 60_000

type Checks = Partial<Record<SelfCheck['check'], () => unknown>>

export const checks = (provider: Provider, each: Checks): Promise<SelfCheck[]> =>
  Promise.all(
    Object.entries(each).map(async ([name, run]): Promise<SelfCheck> => {
      const check = name as SelfCheck['check']
      try {
        await run()
        return { provider, check, result: 'ok', detail: '' }
      } catch (error) {
        return { provider, check, result: 'failed', detail: (error as Error).message.slice(0, 200) }
      }
    }),
  )

/** Providers refuse an address with a query, or cannot reach it; WeChat Pay wants https. */
export function checkNoticeUrl(text: string): void {
  const { protocol, search, hash, hostname } = new URL(text)
  if (search || hash) throw new Error('it has a query')
  if (protocol !== 'https:') throw new Error('it is not https')
  if (/^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/.test(hostname))
    throw new Error('it cannot be reached from outside')
}

/** Signatures live for five minutes: a clock that is off by less than one leaves room for the network. */
export async function checkClock(url: string, now: () => number): Promise<void> {
  const { headers } = await boundedFetch(url, { method: 'GET', timeoutMs: 5000, maxBytes: 1024 * 1024 })
  const theirs = Date.parse(headers.date ?? '')
  if (Number.isNaN(theirs)) throw new Error('the provider does not say what time it is')
  const seconds = Math.round((now() - theirs) / 1000)
  if (Math.abs(seconds) * 1000 > CLOCKS_MAY_DIFFER_MS) throw new Error(`ours is ${seconds} seconds ahead`)
}
