import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, lesson, now, pass, revoked, online } = business
const teacher = await person('teacher')
const student = await person('student')
const inMinutes = (minutes: number) => now() + minutes * MINUTE_MS

t.test('a teacher announces a lesson, and everyone sees it', async (t) => {
  const body = { title: ' Light ', description: 'One\nlamp', startsAt: inMinutes(60), durationMinutes: 45 }
  const answer = await send(app, 'POST /api/lessons', body, teacher)
  t.equal(answer.status, 201)
  t.match(answer.body, {
    ...body,
    title: 'Light',
    teacher: { id: teacher.id, displayName: teacher.displayName },
    status: 'scheduled',
    lobbyOpensAt: inMinutes(45),
    startedAt: null,
    endedAt: null,
    online: 0,
    kind: 'live',
    course: null,
    free: false,
    trialSeconds: 0,
  })
  const seen = await send(app, `GET /api/lessons/${answer.body.id}`)
  t.strictSame(seen.body, {
    lesson: answer.body,
    role: null,
    access: { state: 'locked', via: null, reason: 'unauthorized' },
    attachments: [],
    previous: null,
    next: null,
    now: now(),
  })
})

t.test('students and assistants announce nothing', async (t) => {
  const body = { title: 'Light', startsAt: inMinutes(60) }
  for (const role of ['student', 'assistant'] as const)
    t.equal((await send(app, 'POST /api/lessons', body, await person(role))).status, 403, role)
  t.equal((await send(app, 'POST /api/lessons', body)).status, 401)
})

t.test('malformed lessons are refused by the name of the field', async (t) => {
  const good = { title: 'Light', startsAt: inMinutes(60) }
  const bad: [string, Record<string, unknown>][] = [
    ['title', { ...good, title: ' ' }],
    ['title', { ...good, title: 'nul\u0000' }],
    ['title', { ...good, title: 'x'.repeat(121) }],
    ['description', { ...good, description: 'nul\u0000' }],
    ['startsAt', { title: 'Light' }],
    ['startsAt', { ...good, startsAt: '2031-04-05T10:00:00Z' }],
    ['startsAt', { ...good, startsAt: now() + 0.5 }],
    ['startsAt', { ...good, startsAt: inMinutes(-11) }],
    ['startsAt', { ...good, startsAt: 8.64e15 }],
    ['durationMinutes', { ...good, durationMinutes: 1 }],
    ['teacherId', { ...good, teacherId: student.id }],
    ['status', { ...good, status: 'live' }],
  ]
  for (const [field, body] of bad) {
    const answer = await send(app, 'POST /api/lessons', body, teacher)
    t.equal(answer.status, 400, JSON.stringify(body).slice(0, 80))
    t.match(answer.body, { error: { code: 'bad_request', message: new RegExp(field) } })
  }
})

t.test('a lesson may be announced as it starts', async (t) => {
  const answer = await send(app, 'POST /api/lessons', { title: 'Now', startsAt: inMinutes(-5) }, teacher)
  t.equal(answer.status, 201)
})

t.test('its page says what one would be in its room', async (t) => {
  const { id } = await lesson(teacher.user)
  const assistant = await person()
  await business.lessons.addAssistant(teacher.user, id, assistant.username)
  const expected = [
    [undefined, null],
    [teacher, 'teacher'],
    [assistant, 'assistant'],
    [await person('operator'), 'assistant'],
    [await person('admin'), 'assistant'],
    [await person('teacher'), 'student'],
    [await person('assistant'), 'student'],
    [student, 'student'],
  ] as const
  for (const [viewer, role] of expected)
    t.equal((await send(app, `GET /api/lessons/${id}`, undefined, viewer)).body.role, role, `${viewer?.user.role}`)
})

t.test('it says how many are in the room', async (t) => {
  const { id } = await lesson(teacher.user)
  online.set(id, 42)
  t.equal((await send(app, `GET /api/lessons/${id}`)).body.lesson.online, 42)
})

t.test('ids that nobody has or that are none are not found or refused', async (t) => {
  t.equal((await send(app, `GET /api/lessons/${randomUUID()}`)).status, 404)
  t.equal((await send(app, 'GET /api/lessons/1')).status, 400)
  t.equal((await send(app, `GET /api/lessons/urn:uuid:${randomUUID()}`)).status, 400)
})

t.test('changing a lesson', async (t) => {
  t.test('its teacher changes words and time', async (t) => {
    const { id } = await lesson(teacher.user)
    const change = { title: 'Shade', startsAt: inMinutes(120) }
    const answer = await send(app, `PATCH /api/lessons/${id}`, change, teacher)
    t.match(answer.body, { id, ...change, lobbyOpensAt: inMinutes(105) })
  })

  t.test('its teacher says how far back viewers may go, and whether their mark is shown', async (t) => {
    const { id } = await lesson(teacher.user)
    const { body } = await send(app, `GET /api/lessons/${id}`)
    t.match(body.lesson, { dvrMinutes: 30, watermark: false })
    const change = { dvrMinutes: 90, watermark: true }
    t.match((await send(app, `PATCH /api/lessons/${id}`, change, teacher)).body, change)
    t.equal(await business.lessons.windowSecondsOf(id), 5400)
    await send(app, `PATCH /api/lessons/${id}`, { dvrMinutes: 0 }, teacher)
    t.equal(await business.lessons.windowSecondsOf(id), 30, 'who comes in needs some of the past')
    const made = { title: 'Light', startsAt: inMinutes(60), dvrMinutes: 5, watermark: true }
    t.match((await send(app, 'POST /api/lessons', made, teacher)).body, made)
  })

  t.test('another teacher does not; operators and admins do', async (t) => {
    const { id } = await lesson(teacher.user)
    const attempt = async (role: 'teacher' | 'student' | 'operator' | 'admin') =>
      (await send(app, `PATCH /api/lessons/${id}`, { title: 'Mine' }, await person(role))).status
    t.equal(await attempt('teacher'), 403)
    t.equal(await attempt('student'), 403)
    t.equal(await attempt('operator'), 200)
    t.equal(await attempt('admin'), 200)
  })

  t.test('nothing but what may change is taken', async (t) => {
    const { id } = await lesson(teacher.user)
    for (const body of [
      { status: 'live' },
      { teacherId: student.id },
      { id: randomUUID() },
      { startsAt: inMinutes(-60) },
      { dvrMinutes: 241 },
      { dvrMinutes: -1 },
    ])
      t.equal((await send(app, `PATCH /api/lessons/${id}`, body, teacher)).status, 400, JSON.stringify(body))
    t.equal((await send(app, `PATCH /api/lessons/${id}`, {}, teacher)).status, 200)
  })

  t.test('once live it keeps its time, and may still change its words', async (t) => {
    const { id, startsAt } = await lesson(teacher.user)
    await business.lessons.advance(id, 'start')
    const time = await send(app, `PATCH /api/lessons/${id}`, { startsAt: inMinutes(90) }, teacher)
    t.equal(time.body.error.code, 'conflict')
    t.equal((await send(app, `PATCH /api/lessons/${id}`, { durationMinutes: 90 }, teacher)).status, 409)
    const words = await send(app, `PATCH /api/lessons/${id}`, { title: 'Shade', startsAt }, teacher)
    t.equal(words.body.title, 'Shade')
  })

  t.test('a lobby whose lesson moves to another day closes again', async (t) => {
    const { id } = await lesson(teacher.user, 10)
    await business.lessons.advance(id, 'openLobby')
    const near = await send(app, `PATCH /api/lessons/${id}`, { startsAt: inMinutes(12) }, teacher)
    t.equal(near.body.status, 'lobby')
    const far = await send(app, `PATCH /api/lessons/${id}`, { startsAt: inMinutes(24 * 60) }, teacher)
    t.equal(far.body.status, 'scheduled')
  })
})

t.test('cancelling a lesson', async (t) => {
  t.test('takes it out of every list, for good', async (t) => {
    const { id } = await lesson(teacher.user)
    t.equal((await send(app, `DELETE /api/lessons/${id}`, undefined, teacher)).status, 204)
    t.equal((await send(app, `GET /api/lessons/${id}`)).status, 404)
    for (const filter of ['upcoming', 'mine', 'ended', 'live']) {
      const { lessons } = (await send(app, `GET /api/lessons?filter=${filter}`, undefined, teacher)).body
      t.notOk(
        lessons.some((each: { id: string }) => each.id === id),
        filter,
      )
    }
    await t.rejects(business.lessons.advance(id, 'start'), { code: 'not_found' })
  })

  t.test('is for its teacher', async (t) => {
    const { id } = await lesson(teacher.user)
    t.equal((await send(app, `DELETE /api/lessons/${id}`, undefined, await person('teacher'))).status, 403)
    t.equal((await send(app, `DELETE /api/lessons/${id}`)).status, 401)
    t.equal((await send(app, `GET /api/lessons/${id}`)).status, 200)
  })

  t.test('is too late once it has gone live', async (t) => {
    const { id } = await lesson(teacher.user)
    for (const action of ['start', 'pause', 'end'] as const) {
      await business.lessons.advance(id, action)
      t.equal((await send(app, `DELETE /api/lessons/${id}`, undefined, teacher)).status, 409, action)
    }
  })
})

t.test('assistants', async (t) => {
  t.test('are named by their teacher, and have to enter the room anew', async (t) => {
    const { id } = await lesson(teacher.user)
    const helper = await person()
    const body = { username: helper.username.toUpperCase() }
    const answer = await send(app, `POST /api/lessons/${id}/assistants`, body, teacher)
    t.equal(answer.status, 201)
    t.equal(answer.body.id, helper.id)
    t.strictSame(revoked.at(-1), { userId: helper.id, lessonId: id, reason: 'role_changed' })
    const list = await send(app, `GET /api/lessons/${id}/assistants`, undefined, teacher)
    t.match(list.body, { assistants: [{ username: helper.username }] })
  })

  t.test('named twice are named once', async (t) => {
    const { id } = await lesson(teacher.user)
    const { username } = await person()
    await business.lessons.addAssistant(teacher.user, id, username)
    const before = revoked.length
    await business.lessons.addAssistant(teacher.user, id, username)
    t.equal((await business.lessons.assistants(teacher.user, id)).length, 1)
    t.equal(revoked.length, before)
  })

  t.test('lose it at once', async (t) => {
    const { id } = await lesson(teacher.user)
    const helper = await person()
    await business.lessons.addAssistant(teacher.user, id, helper.username)
    const line = `DELETE /api/lessons/${id}/assistants/${helper.id}`
    t.equal((await send(app, line, undefined, teacher)).status, 204)
    t.strictSame(revoked.at(-1), { userId: helper.id, lessonId: id, reason: 'role_changed' })
    t.equal((await send(app, `GET /api/lessons/${id}`, undefined, helper)).body.role, 'student')
    t.equal((await send(app, line, undefined, teacher)).status, 404)
  })

  t.test('cannot be named by others, by themselves, or for strangers', async (t) => {
    const { id } = await lesson(teacher.user)
    const line = `POST /api/lessons/${id}/assistants`
    t.equal((await send(app, line, { username: student.username }, student)).status, 403)
    t.equal((await send(app, line, { username: student.username }, await person('teacher'))).status, 403)
    t.equal((await send(app, line, { username: 'nobody-at-all' }, teacher)).status, 404)
    t.equal((await send(app, line, { username: teacher.username }, teacher)).status, 409)
    t.equal((await send(app, `GET /api/lessons/${id}/assistants`, undefined, student)).status, 403)
  })

  t.test('do not become its teacher', async (t) => {
    const { id } = await lesson(teacher.user)
    const helper = await person()
    await business.lessons.addAssistant(teacher.user, id, helper.username)
    t.equal((await send(app, `PATCH /api/lessons/${id}`, { title: 'Mine' }, helper)).status, 403)
  })
})

t.test('a lesson from elsewhere is written down only when it is over', async (t) => {
  const over = { title: 'Past', startsAt: inMinutes(-90), durationMinutes: 60 }
  t.match(await business.lessons.addPast(teacher.user, over), { status: 'ended', endedAt: inMinutes(-30) })
  pass(1)
  const running = { ...over, startsAt: inMinutes(-30) }
  await t.rejects(business.lessons.addPast(teacher.user, running), { code: 'bad_request' })
})
