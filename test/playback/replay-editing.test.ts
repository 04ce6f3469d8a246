import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import {
  auditEvents,
  broadcastRenditions,
  broadcastSegments,
  broadcasts,
  entitlements,
  lessonAssistants,
} from '../../db/schema.ts'
import type { EventData, EventType, RoomEvent } from '../../signaling/protocol/events.ts'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createShelf } from '../support/shelf.ts'

const SEGMENTS = 30

const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
const roomLog = createDatabaseRoomLog(db)
const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)
const student = await business.person()
await db
  .insert(entitlements)
  .values({ userId: student.id, courseId: course.id, startsAt: business.now(), createdAt: business.now() })

type Person = Awaited<ReturnType<typeof business.person>>

/** A class of a minute that is over, as rows alone. */
async function recorded() {
  const startedAt = business.now()
  const lesson = await shelf.lesson(course, { status: 'ended', startedAt, endedAt: startedAt + 60_000 })
  const lessonId = lesson.id
  await db.insert(broadcasts).values({ lessonId, startedAt, endedAt: startedAt + 60_000, storedBytes: 77 })
  const rendition = { lessonId, init: 0 }
  await db.insert(broadcastRenditions).values([
    { ...rendition, rendition: 'v0', kind: 'video', codecs: 'avc1.42c01f', width: 320, height: 180 },
    { ...rendition, rendition: 'opus', kind: 'audio', codecs: 'Opus' },
  ])
  const segment = { lessonId, durationMs: 2000, bytes: 1000, init: 0, discontinuity: false, independent: true }
  for (const rendition of ['v0', 'opus'])
    await db
      .insert(broadcastSegments)
      .values(Array.from({ length: SEGMENTS }, (_, msn) => ({ ...segment, rendition, msn, startMs: msn * 2000 })))
  return lesson
}

const mia = { peerId: student.id, displayName: 'Mia', role: 'student' as const }
const event = <T extends EventType>(seq: number, mediaMs: number | null, type: T, data: EventData<T>) =>
  ({ seq, at: business.now() + seq, mediaMs, by: mia, type, data }) as RoomEvent
const poll = { question: 'Which lamp?', options: ['one', 'two'], multiple: false }
const deck = { fileId: randomUUID(), title: 'Lamps', pages: 3 }

const play = async (from: Person, lessonId: string) =>
  (await send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID(), takeOver: true }, from)).body
const ask = (line: string, body?: object, from: Person | undefined = teacher) => send(app, line, body, from)
const edit = (lessonId: string, body: object, from?: Person) => ask(`PATCH /api/lessons/${lessonId}/replay`, body, from)
const eventsAt = async (url: string, query = '') =>
  (await app.inject({ url: url.replace('index.m3u8', `events${query}`) })).json()

t.test('only those who teach it, and staff, decide what is replayed', async (t) => {
  const { id } = await recorded()
  const assistant = await business.person()
  await db.insert(lessonAssistants).values({ lessonId: id, userId: assistant.id })
  const people: [string, Person | undefined, number][] = [
    ['nobody', undefined, 401],
    ['a student who bought it', student, 403],
    ['an assistant', assistant, 403],
    ['another teacher', await business.person('teacher'), 403],
    ['its teacher', teacher, 200],
    ['an operator', await business.person('operator'), 200],
    ['an admin', await business.person('admin'), 200],
  ]
  for (const [who, person, status] of people) {
    const asked = (line: string, body?: object) => send(app, line, body, person)
    t.equal((await asked(`GET /api/lessons/${id}/replay`)).status, status, `${who} reads`)
    const [row] = await db.select().from(broadcasts).where(eq(broadcasts.lessonId, id))
    const changed = await asked(`PATCH /api/lessons/${id}/replay`, { version: row!.version, published: true })
    t.equal(changed.status, status, `${who} changes`)
  }
  for (const [who, person, status] of people.reverse()) {
    const removed = await send(app, `DELETE /api/lessons/${id}/replay`, undefined, person)
    const already = status === 200 && who !== 'an admin'
    t.equal(removed.status, already ? 409 : status === 200 ? 204 : status, `${who} removes`)
  }
})

t.test('a teacher sees what is recorded, trims, hides and publishes it', async (t) => {
  const { id, startedAt } = await recorded()
  t.strictSame((await ask(`GET /api/lessons/${id}/replay`)).body, {
    version: 1,
    published: true,
    startedAt,
    fromMs: 0,
    toMs: 60_000,
    trimStartMs: 0,
    trimEndMs: null,
    durationMs: 60_000,
    storedBytes: 77,
    chapters: [],
    named: false,
  })
  const trimmed = await edit(id, { version: 1, trimStartMs: 5000, trimEndMs: 20_000 })
  t.match(trimmed.body, { version: 2, trimStartMs: 5000, trimEndMs: 20_000, durationMs: 16_000 })
  t.match(await play(student, id), { durationMs: 16_000, replay: { trimStartMs: 4000 } })
  t.match((await edit(id, { version: 2, trimEndMs: null })).body, { durationMs: 56_000 })
  t.equal((await edit(id, { version: 3, published: false })).body.published, false)
  t.match(await play(student, id), { error: { code: 'no_replay' } })
  t.match(await play(teacher, id), { kind: 'replay' })
  await edit(id, { version: 4, published: true })
  t.match(await play(student, id), { kind: 'replay' })
})

t.test('who changes it says what they saw, and leaves something of it', async (t) => {
  const { id } = await recorded()
  t.equal((await edit(id, { version: 1, trimStartMs: 2000 })).status, 200)
  t.match((await edit(id, { version: 1, trimStartMs: 0 })).body, { error: { code: 'changed_elsewhere' } })
  for (const wrong of [
    { trimStartMs: 9000, trimEndMs: 9000 },
    { trimEndMs: 1000 },
    { trimStartMs: -1 },
    { chapters: [{ mediaMs: 1, title: ' ' }] },
  ])
    t.match((await edit(id, { version: 2, ...wrong })).body, { error: { code: 'bad_request' } }, JSON.stringify(wrong))
  t.match((await ask(`GET /api/lessons/${randomUUID()}/replay`)).body, { error: { code: 'not_found' } })
  const never = await shelf.lesson(course, { status: 'ended', startedAt: 1, endedAt: 2 })
  t.match((await ask(`GET /api/lessons/${never.id}/replay`)).body, { error: { code: 'no_replay' } })
  const on = await shelf.lesson(course, { status: 'live', startedAt: business.now() })
  await db.insert(broadcasts).values({ lessonId: on.id, startedAt: business.now() })
  t.match((await ask(`GET /api/lessons/${on.id}/replay`)).body, { error: { code: 'no_replay' } })
})

t.test('chapters are what happened in the class, until the teacher names them', async (t) => {
  const { id } = await recorded()
  await roomLog.append(id, [
    event(1, null, 'deckOpened', { deck }),
    event(2, 3000, 'pollOpened', { poll }),
    event(3, 30_000, 'floorGiven', { peer: mia }),
    event(4, 70_000, 'pollOpened', { poll }),
  ])
  t.strictSame((await play(student, id)).replay.chapters, [
    { atMs: 3000, title: 'Which lamp?' },
    { atMs: 30_000, title: 'Mia' },
  ])
  const chapters = [
    { mediaMs: 40_000, title: ' Shadows ' },
    { mediaMs: 10_000, title: 'Lamps' },
    { mediaMs: 0, title: 'Before' },
  ]
  t.match((await edit(id, { version: 1, chapters, trimStartMs: 8000 })).body, {
    named: true,
    chapters: [{ title: 'Before' }, { title: 'Lamps' }, { title: 'Shadows' }],
  })
  t.strictSame((await play(student, id)).replay.chapters, [
    { atMs: 2000, title: 'Lamps' },
    { atMs: 32_000, title: 'Shadows' },
  ])
  t.match((await edit(id, { version: 2, chapters: null })).body, {
    named: false,
    chapters: [{ title: 'Which lamp?' }, {}, {}],
  })
})

t.test('what happened is given as students saw it, without what was deleted, within what is replayed', async (t) => {
  const { id } = await recorded()
  await roomLog.append(id, [
    event(1, null, 'messageSent', { text: 'in the lobby' }),
    event(2, null, 'deckOpened', { deck }),
    event(3, 1000, 'messageSent', { text: 'trimmed off' }),
    event(4, 11_000, 'messageSent', { text: 'rude' }),
    event(5, 12_000, 'messageSent', { text: 'kind' }),
    event(6, 13_000, 'handRaised', {}),
    event(7, 14_000, 'messageDeleted', { messageSeq: 4 }),
    event(8, 15_000, 'pollOpened', { poll: { ...poll, kind: 'quiz' }, right: [1], preparedId: 'one' }),
    event(9, 16_000, 'pollVoted', { pollSeq: 8, choices: [0] }),
    event(10, 17_000, 'questionAsked', { text: 'why?', anonymous: true, messageSeq: null, promotedBy: null }),
    event(11, 58_000, 'messageSent', { text: 'at the end' }),
    event(12, 59_000, 'pageCleared', { page: { fileId: null, number: 1 } }),
  ])
  await edit(id, { version: 1, trimStartMs: 10_000, trimEndMs: 50_000 })
  const { url } = await play(student, id)
  const { events, next } = await eventsAt(url)
  t.strictSame(
    events.map(({ seq }: RoomEvent) => seq),
    [2, 5, 8, 10],
  )
  t.equal(next, null)
  t.match(events[1], { mediaMs: 12_000, by: mia, type: 'messageSent', data: { text: 'kind' } })
  t.equal(events[3].by, null, 'who asked without a name has none')
  t.strictSame(Object.keys(events[2].data), ['poll'], 'what is right is told where the quiz is closed')

  t.test('a page at a time, or from a moment on', async (t) => {
    const first = await eventsAt(url, '?limit=3')
    t.strictSame([first.events.length, first.next], [3, 8])
    const second = await eventsAt(url, `?limit=3&afterSeq=${first.next}`)
    t.strictSame([second.events.map(({ seq }: RoomEvent) => seq), second.next], [[10], null])
    const later = await eventsAt(url, '?afterMs=12000')
    t.strictSame(
      later.events.map(({ seq }: RoomEvent) => seq),
      [8, 10],
    )
    t.equal((await eventsAt(url, '?limit=0')).error.code, 'bad_request')
    t.equal((await eventsAt(url.replace(/.{8}\/index/, 'AAAAAAAA/index'))).error.code, 'unauthorized')
  })
})

t.test('what was announced or offered before the replay begins still stands in it', async (t) => {
  const { id } = await recorded()
  const offer = { courseId: '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6a' }
  const picture = { fileId: '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6b', width: 4, height: 3 }
  await roomLog.append(id, [
    event(1, null, 'announced', { text: 'welcome' }),
    event(2, 1000, 'offerShown', { offer }),
    event(3, 20_000, 'offerShown', { offer: null }),
    event(4, 21_000, 'messageSent', { text: '', picture }),
    event(5, 22_000, 'messageSent', { text: '', picture }),
    event(6, 23_000, 'messageDeleted', { messageSeq: 5 }),
  ])
  await edit(id, { version: 1, trimStartMs: 10_000 })
  const { events } = await eventsAt((await play(student, id)).url)
  t.strictSame(
    events.map(({ seq, data }: RoomEvent) => [seq, data]),
    [
      [1, { text: 'welcome' }],
      [2, { offer }],
      [3, { offer: null }],
      [4, { text: '', picture }],
    ],
  )
})

t.test('a replay that is removed is gone at once for everyone, and written down', async (t) => {
  const { id } = await recorded()
  t.equal((await ask(`DELETE /api/lessons/${id}/replay`)).status, 204)
  t.match(await play(teacher, id), { error: { code: 'no_replay' } })
  const traces = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, id))
  t.match(traces, [{ action: 'replayRemoved', actorId: teacher.id }])
})
