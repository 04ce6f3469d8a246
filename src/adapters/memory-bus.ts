/** The bus of a single node. */
import { EventEmitter } from 'node:events'
import type { Bus } from '../../signaling/ports.ts'

/** How often claims that have run out are looked for: looking at every claim would cost more the more there are. */
const SWEEP_EVERY_MS = 1000

export function createMemoryBus(now: () => number = Date.now): Bus {
  const heard = new EventEmitter().setMaxListeners(0)
  const claims = new Map<string, number>()
  let sweptAt = now()
  const sweep = () => {
    if (now() < sweptAt + SWEEP_EVERY_MS) return
    sweptAt = now()
    for (const [key, endsAt] of claims) if (endsAt <= sweptAt) claims.delete(key)
  }
  return {
    async publish(topic, message) {
      heard.emit(topic, message)
    },
    subscribe(topic, listener) {
      heard.on(topic, listener)
      return () => heard.off(topic, listener)
    },
    async claim(key, ttlSeconds) {
      sweep()
      if ((claims.get(key) ?? 0) > now()) return false
      claims.set(key, now() + ttlSeconds * 1000)
      return true
    },
    async close() {
      heard.removeAllListeners()
    },
  }
}
