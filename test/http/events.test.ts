import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { createAuth } from '../../src/http/auth.ts'
import { answerErrors } from '../../src/http/errors.ts'
import { type EventTimes, eventRoute } from '../../src/http/events.ts'
import { readEvents } from '../../web/src/api/event-stream.ts'

/** Whoever says so is signed in: the token is `USER.SESSION`. */
async function open(t: Test, times?: EventTimes) {
  const bus = createMemoryBus()
  const app = Fastify()
  answerErrors(app)
  const auth = createAuth(app, async (token) => {
    const [id, sessionId] = token.split('.') as [string, string]
    return { id, sessionId, role: 'student', displayName: id }
  })
  await app.register(eventRoute, { bus, auth, ...(times && { times }) })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const listen = async (token: string) => {
    const response = await fetch(`${url}/api/events`, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, events: readEvents(response.body!), response }
  }
  return { bus, app, listen }
}

const change = (userId: string) => ({ userId, courseId: 'course', planId: null })

t.test('a page is told what concerns its user, and nothing else', async (t) => {
  const { bus, listen } = await open(t)
  const { events } = await listen('ann.s1')
  await bus.publish('rightsChanged', change('bob'))
  await bus.publish('rightsChanged', change('ann'))
  await bus.publish('orderChanged', { userId: 'ann', orderId: 'order' })
  t.strictSame((await events.next()).value, { name: 'rightsChanged', data: { courseId: 'course', planId: null } })
  t.strictSame((await events.next()).value, { name: 'orderChanged', data: { orderId: 'order' } })
})

t.test('a stream ends with the sign-in it was opened with', async (t) => {
  const { bus, listen } = await open(t)
  const [ended, other] = [await listen('ann.s1'), await listen('ann.s2')]
  await bus.publish('accessRevoked', { userId: 'ann', sessionId: 's1', reason: 'signed_out' })
  t.ok((await ended.events.next()).done)
  await bus.publish('orderChanged', { userId: 'ann', orderId: 'order' })
  t.match((await other.events.next()).value, { name: 'orderChanged' })
})

t.test('losing the right to one lesson ends no stream', async (t) => {
  const { bus, listen } = await open(t)
  const { events } = await listen('ann.s1')
  await bus.publish('accessRevoked', { userId: 'ann', lessonId: 'lesson', reason: 'not_entitled' })
  await bus.publish('orderChanged', { userId: 'ann', orderId: 'order' })
  t.match((await events.next()).value, { name: 'orderChanged' })
})

t.test('a stream ends before its token does', async (t) => {
  const { listen } = await open(t, { heartbeatMs: 10, lifeMs: 100 })
  const { events } = await listen('ann.s1')
  t.ok((await events.next()).done)
})

t.test('strangers are told nothing, and one user opens so many streams and no more', async (t) => {
  const { app, listen } = await open(t)
  t.equal((await app.inject('/api/events')).statusCode, 401)
  const opened = await Promise.all(Array.from({ length: 12 }, (_, index) => listen(`ann.s${index}`)))
  t.ok(opened.every(({ status }) => status === 200))
  t.equal((await listen('ann.s13')).status, 429)
  t.equal((await listen('bob.s1')).status, 200)
  await opened[0]!.events.return(undefined)
})
