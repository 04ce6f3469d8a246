/** The directory of several nodes, over Redis: a room is its node's for a few seconds at a time, renewed before they are over. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { RoomDirectory } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { createMemo } from './memo.ts'
import { connect, type Log, prefix } from './redis-connection.ts'

/** So long a node that died keeps its rooms, and nobody has their media. */
const LEASE_MS = 3000
const RENEW_EVERY_MS = 750
/** After Redis was away nobody takes a room before those who have it had time to say so. */
const SETTLE_MS = 2000
const ANSWER_LIMIT_MS = 1000
const SLOWEST_RETRY_MS = 500
/** What was found is true for so long; where Redis is away it is still the best guess. */
const FRESH_MS = 250
const MOST_REMEMBERED = 10_000

const roomKey = (roomId: string) => `${prefix}room:${roomId}`
const BEATING = `${prefix}beating`
const SETTLING = `${prefix}settling`
const NODES = `${prefix}nodes`
const nodeKey = (id: string) => `${prefix}node:${id}`

/**
 * This node lives, with this address and load, and has these rooms: the answer is which of them, counted from 1, others
 * have. Where nobody has said so for the time of a lease, Redis was away or is new.
 */
const BEAT = `
  if redis.call('EXISTS', KEYS[1]) == 0 then redis.call('SET', KEYS[2], '1', 'PX', ARGV[3]) end
  redis.call('SET', KEYS[1], '1', 'PX', ARGV[2])
  redis.call('SADD', KEYS[3], ARGV[4])
  redis.call('SET', KEYS[4], ARGV[5], 'PX', ARGV[2])
  local lost = {}
  for at = 5, #KEYS do
    local owner = redis.call('GET', KEYS[at])
    if not owner or owner == ARGV[1] then redis.call('SET', KEYS[at], ARGV[1], 'PX', ARGV[2])
    else lost[#lost + 1] = at - 4 end
  end
  return lost`

/**
 * Who has the room now, this node where nobody had it; empty where it is too early to say. Who had this node's address
 * before it is gone: two cannot listen there.
 */
const TAKE = `
  local owner = redis.call('GET', KEYS[1])
  if owner and string.sub(owner, -#ARGV[3] - 1) ~= ' ' .. ARGV[3] then return owner end
  if not owner and redis.call('EXISTS', KEYS[2]) == 1 then return '' end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return ARGV[1]`

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

export type RedisDirectoryDeps = {
  url: string
  /** Where the other nodes reach this one. */
  nodeUrl: string
  /** How much this node carries, to compare with others: 0 for nothing, Infinity where it takes no more rooms. */
  load: () => number
  log: Log
}

export function createRedisDirectory({ url, nodeUrl, load, log }: RedisDirectoryDeps): RoomDirectory {
  const id = randomUUID()
  const self = `${id} ${nodeUrl}`
  const held = new Set<string>()
  const known = createMemo<string | null>(MOST_REMEMBERED)
  const told = new EventEmitter()
  const { client, ready } = connect(url, log, SLOWEST_RETRY_MS, {
    commandTimeout: ANSWER_LIMIT_MS,
    // What was said before Redis was away is not true after it.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
  })
  let beating: Promise<void> | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  let closed = false

  const lose = (roomId: string) => {
    if (held.delete(roomId)) told.emit('lost', roomId)
  }
  const renew = async () => {
    const sentAt = performance.now()
    const rooms = [...held]
    const keys = [BEATING, SETTLING, NODES, nodeKey(id), ...rooms.map(roomKey)]
    const values = [self, LEASE_MS, SETTLE_MS, id, `${load()} ${nodeUrl}`]
    const lost = (await client.eval(BEAT, keys.length, ...keys, ...values)) as number[]
    renewedAt = sentAt
    for (const at of lost) lose(rooms[at - 1]!)
  }
  /** Redis being away is no news of who has what. */
  const beat = () => {
    if (closed || client.status !== 'ready') return
    beating ??= renew()
      .catch((error) => log.warn({ err: error }, 'the other nodes were not told of this one'))
      .finally(() => {
        beating = undefined
      })
  }
  const timer = setInterval(beat, RENEW_EVERY_MS)
  client.on('ready', beat)

  const takeNow = async (roomId: string): Promise<string | null> => {
    for (const until = performance.now() + SETTLE_MS + ANSWER_LIMIT_MS; performance.now() < until; await pause(50)) {
      const owner = (await client.eval(TAKE, 2, roomKey(roomId), SETTLING, self, LEASE_MS, nodeUrl)) as string
      if (owner === '') continue
      if (owner === self) held.add(roomId)
      return owner === self ? null : addressOf(owner)
    }
    throw new Error('Redis was away a moment ago')
  }

  return {
    async take(roomId) {
      try {
        await ready()
        // Who was stopped for a while, or has just begun, hears first what became of its rooms, or that Redis is new.
        if (performance.now() - renewedAt > LEASE_MS) beat()
        await beating
        if (held.has(roomId)) return null
        return known.set(roomId, await takeNow(roomId))
      } catch (cause) {
        if (held.has(roomId)) return null
        const last = known.get(roomId)?.value
        if (last) return last
        throw new AppError('unavailable', 'nobody can tell where this room is', { cause })
      }
    },
    async release(roomId) {
      if (!held.delete(roomId)) return
      await client.eval(RELEASE, 1, roomKey(roomId), self).catch((error) => {
        log.warn({ err: error, roomId }, 'a room that was given up will be free a little later')
      })
    },
    has: (roomId) => held.has(roomId),
    async find(roomId) {
      if (held.has(roomId)) return null
      const last = known.get(roomId)
      if (last && last.ageMs < FRESH_MS) return last.value
      try {
        const owner = await client.get(roomKey(roomId))
        return known.set(roomId, owner === null || owner === self ? null : addressOf(owner))
      } catch {
        return last?.value ?? null
      }
    },
    roomiest: () => roomiest(client, id).catch(() => null),
    onLost(listener) {
      told.on('lost', listener)
      return () => told.off('lost', listener)
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(timer)
      await beating
      held.clear()
      await client.del(nodeKey(id)).catch(() => {})
      client.disconnect()
    },
  }
}

const addressOf = (owner: string) => owner.slice(owner.indexOf(' ') + 1)

async function roomiest(client: Redis, self: string): Promise<string | null> {
  const ids = (await client.smembers(NODES)).filter((id) => id !== self)
  if (ids.length === 0) return null
  const nodes = await client.mget(ids.map(nodeKey))
  const gone = ids.filter((_, at) => nodes[at] === null)
  if (gone.length > 0) await client.srem(NODES, gone)
  const [best] = nodes
    .filter((node) => node !== null)
    .map((node) => ({ load: Number.parseFloat(node!), address: addressOf(node!) }))
    .filter(({ load }) => Number.isFinite(load))
    .sort((a, b) => a.load - b.load)
  return best?.address ?? null
}
