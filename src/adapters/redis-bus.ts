/** The bus of several nodes, over Redis. It outlives a restart of Redis, and never waits long for one that is down. */
import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { Redis } from 'ioredis'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Bus, BusMessages, BusTopic } from '../../signaling/ports.ts'
import { Id, nullable, oneOf } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

const ANSWER_LIMIT_MS = 2000
const SLOWEST_RETRY_MS = 2000
const prefix = 'jiangtang:'

type Log = { info(details: object, message: string): void; warn(details: object, message: string): void }
type Envelope = { from: string; message: BusMessages[BusTopic] }

const messages = {
  accessRevoked: Type.Object({
    userId: Id,
    sessionId: Type.Optional(Id),
    lessonId: Type.Optional(Id),
    reason: oneOf('signed_out', 'banned', 'role_changed', 'not_entitled'),
  }),
  rightsChanged: Type.Object({ userId: Id, courseId: nullable(Id), planId: nullable(Id) }),
  playerChanged: Type.Object({ userId: Id, playerId: Id }),
  orderChanged: Type.Object({ userId: Id, orderId: Id }),
  streamKeyChanged: Type.Object({ lessonId: Id }),
  broadcastCut: Type.Object({ lessonId: Id, beforeMsn: Type.Integer() }),
} satisfies Record<BusTopic, unknown>

const topics = Object.keys(messages) as BusTopic[]
const checks = Object.fromEntries(
  topics.map((topic) => [topic, Compile(Type.Object({ from: Type.String(), message: messages[topic] }))]),
)

export function createRedisBus({ url, log }: { url: string; log: Log }): Bus {
  const node = randomUUID()
  const heard = new EventEmitter().setMaxListeners(0)
  const client = connect(url, log, { commandTimeout: ANSWER_LIMIT_MS })
  const subscriber = connect(url, log, {})
  subscriber.on('message', (channel: string, text: string) => {
    const topic = channel.slice(prefix.length)
    const envelope = read(topic, text)
    if (!envelope) log.warn({ topic }, 'a message on the bus makes no sense')
    else if (envelope.from !== node) heard.emit(topic, envelope.message)
  })
  subscriber.subscribe(...topics.map((topic) => prefix + topic)).catch(() => {})

  return {
    /** Reaches the listeners of this node at once, and the other nodes when Redis is there. */
    async publish(topic, message) {
      heard.emit(topic, message)
      const envelope: Envelope = { from: node, message }
      try {
        await client.publish(prefix + topic, JSON.stringify(envelope))
      } catch (error) {
        log.warn({ err: error, topic }, 'the other nodes will hear of this late, if at all')
      }
    },
    subscribe(topic, listener) {
      heard.on(topic, listener)
      return () => heard.off(topic, listener)
    },
    async claim(key, ttlSeconds) {
      try {
        await whenReady(client)
        return (await client.set(prefix + key, node, 'EX', ttlSeconds, 'NX')) === 'OK'
      } catch (cause) {
        throw new AppError('unavailable', 'Redis does not answer', { cause })
      }
    },
    async close() {
      heard.removeAllListeners()
      client.disconnect()
      subscriber.disconnect()
    },
  }
}

function connect(url: string, log: Log, options: { commandTimeout?: number }): Redis {
  const connection = new Redis(url, {
    ...options,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, SLOWEST_RETRY_MS),
  })
  connection.setMaxListeners(0)
  let down = false
  connection.on('error', (error) => {
    if (!down) log.warn({ err: error }, 'Redis is gone')
    down = true
  })
  connection.on('ready', () => {
    if (down) log.info({}, 'Redis is back')
    down = false
  })
  return connection
}

/** A claim must not wait in line for Redis to come back: by then whoever asked has been refused. */
async function whenReady(client: Redis): Promise<void> {
  if (client.status !== 'ready') await once(client, 'ready', { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
}

function read(topic: string, text: string): Envelope | undefined {
  try {
    const envelope: unknown = JSON.parse(text)
    return checks[topic]?.Check(envelope) ? (envelope as Envelope) : undefined
  } catch {
    return undefined
  }
}
