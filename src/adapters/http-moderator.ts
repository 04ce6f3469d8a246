/** An outside service that judges what students write: one signed POST for each text, answered with a verdict. */
import { createHmac } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Moderator } from '../../signaling/ports.ts'

/** Whoever writes waits for it. */
const ANSWER_LIMIT_MS = 2000
const MOST_BYTES = 4096

const isVerdict = Compile(Type.Object({ verdict: Type.Enum(['pass', 'hold', 'refuse']) }))

/**
 * POSTs `{ roomId, peerId, text }`, with `pictureUrl` where a picture is shown, as JSON with `x-signature`, the HMAC-SHA256 of the body in hex, and takes
 * `{ "verdict": "pass" | "hold" | "refuse" }`. Throws where no such answer comes in time.
 */
export const createHttpModerator = ({ url, secret }: { url: string; secret: string }): Moderator => ({
  async judge(said) {
    const body = JSON.stringify(said)
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      headers: {
        'content-type': 'application/json',
        'x-signature': createHmac('sha256', secret).update(body).digest('hex'),
      },
      body,
    })
    const answer: unknown = JSON.parse(await readUpTo(response, MOST_BYTES))
    if (!response.ok || !isVerdict.Check(answer)) throw new Error(`HTTP ${response.status} without a verdict`)
    return answer.verdict as Awaited<ReturnType<Moderator['judge']>>
  },
})

async function readUpTo(response: Response, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > mostBytes) throw new Error('the answer is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
