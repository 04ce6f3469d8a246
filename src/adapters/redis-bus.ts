/** The bus of several nodes, over Redis. It outlives a restart of Redis, and never waits long for one that is down. */
import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Bus, BusMessages, BusTopic } from '../../signaling/ports.ts'
import { Id, nullable, oneOf } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { ANSWER_LIMIT_MS, connect, type Log, prefix } from './redis-connection.ts'

const SLOWEST_RETRY_MS = 2000

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
  roomsOnline: Type.Object({ rooms: Type.Array(Type.Object({ lessonId: Id, online: Type.Integer() })) }),
} satisfies Record<BusTopic, unknown>

const topics = Object.keys(messages) as BusTopic[]
const checks = Object.fromEntries(
  topics.map((topic) => [topic, Compile(Type.Object({ from: Type.String(), message: messages[topic] }))]),
)

export function createRedisBus({ url, log }: { url: string; log: Log }): Bus {
  const node = randomUUID()
  const heard = new EventEmitter().setMaxListeners(0)
  const { client, ready } = connect(url, log, SLOWEST_RETRY_MS, { commandTimeout: ANSWER_LIMIT_MS })
  const { client: subscriber } = connect(url, log, SLOWEST_RETRY_MS)
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
        await ready()
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

function read(topic: string, text: string): Envelope | undefined {
  try {
    const envelope: unknown = JSON.parse(text)
    return checks[topic]?.Check(envelope) ? (envelope as Envelope) : undefined
  } catch {
    return undefined
  }
}
