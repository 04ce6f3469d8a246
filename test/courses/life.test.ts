import t from 'tap'
import {
  type LessonAction,
  type LessonStatus,
  lessonStatuses,
  lessonTransitions,
} from '../../signaling/protocol/lesson.ts'
import { createBusiness, MINUTE_MS } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const { person, lesson, now, pass, lessons } = business
const { user: teacher } = await person('teacher')

const way: Record<LessonStatus, LessonAction[]> = {
  scheduled: [],
  lobby: ['openLobby'],
  live: ['start'],
  paused: ['start', 'pause'],
  ended: ['start', 'end'],
}

async function lessonThatIs(status: LessonStatus, minutes = 60): Promise<string> {
  const { id } = await lesson(teacher, minutes)
  for (const action of way[status]) await lessons.advance(id, action)
  return id
}
const statusOf = async (id: string) => (await lessons.stateOf(id)).status

t.test('every action leads where the table says, and from nowhere else', async (t) => {
  for (const action of Object.keys(lessonTransitions) as LessonAction[]) {
    const { from, to } = lessonTransitions[action]
    for (const status of lessonStatuses) {
      const id = await lessonThatIs(status)
      if ((from as readonly LessonStatus[]).includes(status))
        t.equal((await lessons.advance(id, action)).status, to, `${action} a ${status} one`)
      else {
        const code = status === 'ended' ? 'lesson_ended' : 'conflict'
        await t.rejects(lessons.advance(id, action), { code }, `${action} a ${status} one`)
        t.equal(await statusOf(id), status)
      }
    }
  }
})

t.test('a class began when it first went live, and ended when it ended', async (t) => {
  const id = await lessonThatIs('scheduled')
  const startedAt = now()
  t.strictSame(await lessons.advance(id, 'start'), { status: 'live', startedAt, endedAt: null })
  pass(MINUTE_MS)
  await lessons.advance(id, 'pause')
  pass(MINUTE_MS)
  t.strictSame(await lessons.advance(id, 'resume'), { status: 'live', startedAt, endedAt: null })
  pass(MINUTE_MS)
  t.strictSame(await lessons.advance(id, 'end'), { status: 'ended', startedAt, endedAt: now() })
})

t.test('the sweep', async (t) => {
  t.test('opens the lobby when its time has come, not a moment earlier', async (t) => {
    const id = await lessonThatIs('scheduled', 20)
    pass(5 * MINUTE_MS - 1)
    await lessons.sweep()
    t.equal(await statusOf(id), 'scheduled')
    pass(1)
    await lessons.sweep()
    t.equal(await statusOf(id), 'lobby')
  })

  t.test('pauses a live lesson that no room has touched for a minute', async (t) => {
    const [kept, left] = [await lessonThatIs('live'), await lessonThatIs('live')]
    pass(MINUTE_MS)
    await lessons.touch(kept)
    pass(1)
    await lessons.sweep()
    t.equal(await statusOf(kept), 'live')
    t.equal(await statusOf(left), 'paused')
  })

  t.test('does not take a lesson for abandoned that has only just begun or gone on', async (t) => {
    const [begun, resumed] = [await lessonThatIs('live'), await lessonThatIs('paused')]
    await lessons.sweep()
    t.equal(await statusOf(begun), 'live')
    pass(10 * MINUTE_MS)
    await lessons.advance(resumed, 'resume')
    await lessons.sweep()
    t.equal(await statusOf(resumed), 'live')
  })

  t.test('ends a lesson that was paused too long', async (t) => {
    const id = await lessonThatIs('paused')
    pass(30 * MINUTE_MS - 1)
    await lessons.sweep()
    t.equal(await statusOf(id), 'paused')
    pass(1)
    await lessons.sweep()
    t.match(await lessons.stateOf(id), { status: 'ended', endedAt: now() })
  })

  t.test('counts a pause from its own beginning', async (t) => {
    const id = await lessonThatIs('paused')
    pass(20 * MINUTE_MS)
    await lessons.advance(id, 'resume')
    await lessons.advance(id, 'pause')
    pass(20 * MINUTE_MS)
    await lessons.sweep()
    t.equal(await statusOf(id), 'paused')
  })

  t.test('cancels a lesson that nobody started half a day after its planned end', async (t) => {
    const id = await lessonThatIs('lobby', 0)
    pass((60 + 12 * 60) * MINUTE_MS)
    await lessons.sweep()
    t.equal(await statusOf(id), 'lobby')
    pass(1)
    await lessons.sweep()
    await t.rejects(lessons.stateOf(id), { code: 'not_found' })
  })

  t.test('changes nothing the second time', async (t) => {
    const ids = [await lessonThatIs('scheduled', 5), await lessonThatIs('live'), await lessonThatIs('paused')]
    pass(2 * MINUTE_MS)
    await lessons.sweep()
    const states = () => Promise.all(ids.map((id) => lessons.stateOf(id)))
    const before = await states()
    await lessons.sweep()
    t.strictSame(await states(), before)
    t.strictSame(
      before.map(({ status }) => status),
      ['lobby', 'paused', 'paused'],
    )
  })
})

t.test('touching brings no lesson to life', async (t) => {
  for (const status of lessonStatuses) {
    const id = await lessonThatIs(status)
    await lessons.touch(id)
    t.equal(await statusOf(id), status)
  }
})
