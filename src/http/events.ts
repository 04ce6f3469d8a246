/** What the server tells the pages of whoever is signed in, as server-sent events. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Auth, bearer } from './auth.ts'
import { errorAnswers } from './errors.ts'
import type { ServerEvents } from './server-events.ts'

const topics = ['rightsChanged', 'orderChanged', 'playerChanged'] as const satisfies (keyof ServerEvents)[]

export type EventTimes = { heartbeatMs: number; lifeMs: number }

/** A stream ends before its access token would; the page comes back with a new one. */
const defaultTimes: EventTimes = { heartbeatMs: 15_000, lifeMs: 9 * 60_000 }
const STREAMS_PER_USER = 12

export type EventRouteDeps = { bus: Bus; auth: Auth; times?: EventTimes }

export async function eventRoute(app: FastifyInstance, { bus, auth, times = defaultTimes }: EventRouteDeps) {
  const streams = new Map<string, Set<Stream>>()
  const of = (userId: string): Iterable<Stream> => streams.get(userId) ?? []
  const subscriptions = [
    ...topics.map((topic) =>
      bus.subscribe(topic, ({ userId, ...data }) => {
        for (const stream of of(userId)) stream.send(topic, data)
      }),
    ),
    bus.subscribe('accessRevoked', ({ userId, sessionId, lessonId }) => {
      for (const stream of of(userId)) if (!lessonId && (!sessionId || sessionId === stream.sessionId)) stream.close()
    }),
  ]
  app.addHook('preClose', async () => {
    for (const unsubscribe of subscriptions) unsubscribe()
    for (const open of streams.values()) for (const stream of open) stream.close()
  })

  app.get(
    '/api/events',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['account'],
        security: bearer,
        summary: `A stream of server-sent events: ${topics.join(', ')}; ends now and then, come back with a new token`,
        response: errorAnswers,
      },
    },
    (request, reply) => {
      const { id, sessionId } = request.user!
      const open = streams.get(id) ?? new Set()
      if (open.size >= STREAMS_PER_USER) throw new AppError('too_many_requests', 'too many pages listen already')
      streams.set(id, open)
      const stream = openStream(reply, sessionId, times, () => {
        open.delete(stream)
        if (open.size === 0) streams.delete(id)
      })
      open.add(stream)
    },
  )
}

type Stream = ReturnType<typeof openStream>

function openStream(reply: FastifyReply, sessionId: string, { heartbeatMs, lifeMs }: EventTimes, closed: () => void) {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    // nginx would wait for its buffer to fill.
    'X-Accel-Buffering': 'no',
  })
  raw.write(':\n\n')
  const beating = setInterval(() => raw.write(':\n\n'), heartbeatMs)
  const ending = setTimeout(() => raw.end(), lifeMs)
  raw.on('close', () => {
    clearInterval(beating)
    clearTimeout(ending)
    closed()
  })
  return {
    sessionId,
    send: (name: keyof ServerEvents, data: ServerEvents[keyof ServerEvents]) =>
      raw.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`),
    close: () => raw.end(),
  }
}
