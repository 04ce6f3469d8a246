/** Credentials for a TURN server that shares a secret with this one, as coturn's `use-auth-secret` takes them. */
import { createHmac } from 'node:crypto'
import type { IceServer } from './schema.ts'

export type Turn = { urls: string[]; secret: string }

/** Longer than a class: who is in one refreshes the way through TURN with what they were given at its beginning. */
const TTL_SECONDS = 12 * 60 * 60

/** Good for twelve hours, and for this person alone: the server counts what each one takes. */
export function turnServerFor({ urls, secret }: Turn, userId: string, now: number): IceServer {
  const username = `${Math.floor(now / 1000) + TTL_SECONDS}:${userId}`
  return { urls, username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}
