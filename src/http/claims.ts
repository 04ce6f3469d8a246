/** The first use of a ticket: asked on all nodes where that can be, on this one in any case. */
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

type ClaimsDeps = {
  bus: Pick<Bus, 'claim'>
  now: () => number
  log: { warn(details: object, message: string): void }
}

/**
 * True for the first who claims a key within `ttlSeconds`. A room, and so every ticket to it, is at one node: while the
 * others cannot be asked this one's own memory does, and nobody is kept out of a class that goes on.
 */
export function createClaims({ bus, now, log }: ClaimsDeps) {
  const claimed = new Map<string, number>()
  return async (key: string, ttlSeconds: number): Promise<boolean> => {
    for (const [old, endsAt] of claimed) {
      if (endsAt > now()) break
      claimed.delete(old)
    }
    if ((claimed.get(key) ?? 0) > now()) return false
    claimed.set(key, now() + ttlSeconds * 1000)
    try {
      return await bus.claim(key, ttlSeconds)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unavailable')) throw error
      log.warn({ err: error }, 'a ticket was checked by this node alone')
      return true
    }
  }
}
