import { randomUUID } from 'node:crypto'
import t from 'tap'
import { readTicket } from '../../signaling/ticket.ts'
import { createEntitlements } from '../../src/entitlements/service.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, secret, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, lesson, lessons, now, pass } = business
const teacher = await person('teacher')
type Person = typeof teacher

const ask = (lessonId: string, from?: Person) => send(app, `POST /api/lessons/${lessonId}/ticket`, undefined, from)

t.test('a ticket says who enters which room, from which sign-in', async (t) => {
  const { id } = await lesson(teacher.user)
  const answer = await ask(id, teacher)
  t.equal(answer.status, 200)
  t.match(answer.body, {
    url: `/signaling/${id}`,
    expiresInSeconds: 60,
    iceServers: [{ urls: 'stun:stun.example.org' }],
    tier: 'interactive',
  })
  t.match(readTicket(answer.body.ticket, secret, now()), {
    roomId: id,
    person: { peerId: teacher.id, displayName: teacher.displayName, role: 'teacher' },
    sessionId: teacher.user.sessionId,
    tier: 'interactive',
  })
})

t.test('the mark of its person comes with a ticket, where the teacher wants it', async (t) => {
  const viewer = await person()
  const startsAt = now() + 5 * MINUTE_MS
  const marked = await lessons.create(teacher.user, { title: 'Light', startsAt, watermark: true })
  t.equal((await ask(marked.id, viewer)).body.watermark, `ID ${viewer.id.slice(0, 8)}`)
  t.equal((await ask((await lesson(teacher.user, 5)).id, viewer)).body.watermark, null)
})

t.test('a ticket is good for a minute', async (t) => {
  const { id } = await lesson(teacher.user)
  const { ticket } = (await ask(id, teacher)).body
  t.doesNotThrow(() => readTicket(ticket, secret, now() + 59_000))
  t.throws(() => readTicket(ticket, secret, now() + 61_000), { code: 'unauthorized' })
})

t.test('every ticket is another', async (t) => {
  const { id } = await lesson(teacher.user)
  const [one, other] = await Promise.all([ask(id, teacher), ask(id, teacher)])
  t.not(readTicket(one.body.ticket, secret, now()).id, readTicket(other.body.ticket, secret, now()).id)
})

t.test('a ticket that was being made while its right was taken back is older than that', async (t) => {
  const { id } = await lesson(teacher.user, 5)
  let revokedAt = 0
  const { bus, db } = business
  const slow = createEntitlements({
    db,
    bus,
    secret,
    now,
    ticketTtlSeconds: 60,
    iceServers: [],
    signalingPath: () => '/',
    watermarkOf: async () => '',
    lessons: {
      ...lessons,
      roleIn: async (...asked) => {
        pass(1)
        revokedAt = now()
        pass(1)
        return lessons.roleIn(...asked)
      },
    },
  })
  const { ticket } = await slow.ticketFor((await person()).user, id)
  t.ok(readTicket(ticket, secret, now()).issuedAt < revokedAt)
})

t.test('a ticket is no younger than its request, whose sign-in may end at any time', async (t) => {
  const { id } = await lesson(teacher.user, 5)
  const { users } = business
  let readAt = 0
  const slow = await createBusinessApp({
    ...business,
    users: {
      ...users,
      authenticate: async (accessToken) => {
        pass(1)
        readAt = now()
        return users.authenticate(accessToken)
      },
    },
  })
  t.teardown(() => slow.close())
  const { body } = await send(slow, `POST /api/lessons/${id}/ticket`, undefined, await person())
  t.ok(readTicket(body.ticket, secret, now()).issuedAt < readAt)
})

t.test('a ticket gives the role one has in this lesson', async (t) => {
  const { id } = await lesson(teacher.user, 5)
  const helper = await person()
  await lessons.addAssistant(teacher.user, id, helper.username)
  const expected = [
    [teacher, 'teacher'],
    [helper, 'assistant'],
    [await person('operator'), 'assistant'],
    [await person('admin'), 'assistant'],
    [await person('teacher'), 'student'],
    [await person('student'), 'student'],
  ] as const
  for (const [someone, role] of expected) {
    const { body } = await ask(id, someone)
    t.equal(readTicket(body.ticket, secret, now()).person.role, role)
  }
})

t.test('students wait for the lobby; teacher and assistants do not', async (t) => {
  const { id } = await lesson(teacher.user, 16)
  const student = await person()
  const early = await ask(id, student)
  t.equal(early.status, 409)
  t.equal(early.body.error.code, 'not_open_yet')
  t.equal((await ask(id, teacher)).status, 200)
  t.equal((await ask(id, await person('operator'))).status, 200)
  pass(MINUTE_MS)
  t.equal((await ask(id, student)).status, 200, 'also before the sweep has come by')
})

t.test('students may enter once the teacher has opened the lobby early', async (t) => {
  const { id } = await lesson(teacher.user, 60)
  await lessons.advance(id, 'openLobby')
  t.equal((await ask(id, await person())).status, 200)
})

t.test('nobody enters a lesson that has ended', async (t) => {
  const { id } = await lesson(teacher.user)
  await lessons.advance(id, 'start')
  await lessons.advance(id, 'end')
  for (const someone of [teacher, await person(), await person('admin')]) {
    const answer = await ask(id, someone)
    t.equal(answer.status, 410)
    t.equal(answer.body.error.code, 'lesson_ended')
  }
})

t.test('there is no ticket without a sign-in, a lesson, or for a cancelled one', async (t) => {
  const { id } = await lesson(teacher.user)
  t.equal((await ask(id)).status, 401)
  t.equal((await ask(randomUUID(), teacher)).status, 404)
  await lessons.cancel(teacher.user, id)
  t.equal((await ask(id, teacher)).status, 404)
})
