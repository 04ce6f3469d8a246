/** When to come back after a lost socket: a policy as data. */
import { type CloseReason, closeReasons, type ErrorCode } from '../../../signaling/protocol/errors.ts'

export const reconnectPolicy = {
  /** Waiting times before the first, second, … try; the last one repeats. */
  delaysMs: [0, 300, 1000, 2000, 4000, 8000],
  /** Each wait is shortened or lengthened by up to this share, so that a class does not come back all at once. */
  jitter: 0.3,
  /** A socket that stood this long starts the count anew. */
  steadyAfterMs: 10_000,
  /** A try that takes longer than this has failed. */
  openTimeoutMs: 10_000,
} as const

/** How long to wait before this try; the first try is 0. */
export function delayBefore(attempt: number, random: () => number = Math.random): number {
  const { delaysMs, jitter } = reconnectPolicy
  const delay = delaysMs[Math.min(attempt, delaysMs.length - 1)]!
  return Math.round(delay * (1 + jitter * (2 * random() - 1)))
}

/** The reason behind a WebSocket close code, where the server gave one of its own. */
export function closeReasonOf(code: number): CloseReason | null {
  const names = Object.keys(closeReasons) as CloseReason[]
  return names.find((name) => closeReasons[name].code === code) ?? null
}

/** True where coming back by oneself makes sense: a lost network does, being removed does not. */
export const mayReturn = (reason: CloseReason | null): boolean => reason === null || closeReasons[reason].retry

const passing: ReadonlySet<ErrorCode | 'offline' | 'timeout' | 'disconnected'> = new Set([
  'internal',
  'unavailable',
  'too_many_requests',
  'already_joined',
  'offline',
  'timeout',
  'disconnected',
])

/** True where asking again later can help. */
export const isPassing = (code: ErrorCode | 'offline' | 'timeout' | 'disconnected'): boolean => passing.has(code)
