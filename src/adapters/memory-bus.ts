/** The bus of a single node. */
import { EventEmitter } from 'node:events'
import type { Bus } from '../../signaling/ports.ts'

export function createMemoryBus(now: () => number = Date.now): Bus {
  const heard = new EventEmitter().setMaxListeners(0)
  const claims = new Map<string, number>()
  return {
    async publish(topic, message) {
      heard.emit(topic, message)
    },
    subscribe(topic, listener) {
      heard.on(topic, listener)
      return () => heard.off(topic, listener)
    },
    async claim(key, ttlSeconds) {
      for (const [old, endsAt] of claims) if (endsAt <= now()) claims.delete(old)
      if (claims.has(key)) return false
      claims.set(key, now() + ttlSeconds * 1000)
      return true
    },
    async close() {
      heard.removeAllListeners()
    },
  }
}
