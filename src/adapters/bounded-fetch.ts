/** A call to a payment provider: no redirect, a limit of time, and one of size. Whatever fails leaves the outcome unknown. */
import { OutcomeUnknown } from '../payments/provider.ts'

export type Call = {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  timeoutMs: number
  maxBytes: number
}
export type Answer = { status: number; headers: Record<string, string>; body: Buffer }

export async function boundedFetch(url: string, { method, headers, body, timeoutMs, maxBytes }: Call): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readUpTo(response, maxBytes),
    }
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } }
    // The message may hold an address with a signature in it.
    throw new OutcomeUnknown(`no answer: ${cause?.code ?? name}`)
  }
}

async function readUpTo(response: Response, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > maxBytes) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
