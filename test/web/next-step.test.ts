import t from 'tap'
import type { CoursePage, OutlineLesson } from '../../src/courses/schema.ts'
import { nextStepOf, tasteOf } from '../../web/src/course/next-step.ts'

const lesson = (id: string, change: Partial<OutlineLesson> = {}): OutlineLesson => ({
  id,
  kind: 'article',
  title: id,
  free: false,
  trialSeconds: 0,
  durationMs: null,
  live: null,
  ready: true,
  access: 'locked',
  completed: false,
  ...change,
})

type Status = NonNullable<OutlineLesson['live']>['status']
const live = (id: string, status: Status, change: Partial<OutlineLesson> = {}) =>
  lesson(id, {
    kind: 'live',
    live: { startsAt: 0, durationMinutes: 60, status, startedAt: null, endedAt: null },
    ...change,
  })

type Given = { lessons?: OutlineLesson[]; priceFen?: number; status?: CoursePage['course']['status']; viewer?: object }

const page = ({ lessons = [lesson('one')], priceFen = 19900, status = 'published', viewer }: Given) =>
  ({
    course: { priceFen, status },
    outline: [{ id: null, title: '', lessons }],
    viewer: viewer ?? null,
  }) as unknown as CoursePage

const owner = (last: object | null = null) => ({ right: { via: 'entitlement', endsAt: null }, progress: { last } })

t.test('who has no right buys, or takes what costs nothing', async (t) => {
  t.same(nextStepOf(page({})), { to: 'buy' })
  t.same(nextStepOf(page({ priceFen: 0 })), { to: 'take' })
  t.same(nextStepOf(page({ viewer: { right: null, progress: { last: null } } })), { to: 'buy' })
})

t.test('what is off the shelf cannot be bought, and stays open to whoever has it', async (t) => {
  t.same(nextStepOf(page({ status: 'archived' })), { to: 'none' })
  t.match(nextStepOf(page({ status: 'archived', viewer: owner() })), { to: 'begin' })
})

t.test(
  'who has it goes into the class that is on, else on where they were, else to the first that is there',
  async (t) => {
    const lessons = [lesson('empty', { ready: false }), lesson('first'), live('class', 'live')]
    t.match(nextStepOf(page({ lessons, viewer: owner({ id: 'first', title: 'first' }) })), {
      to: 'enter',
      lesson: { id: 'class' },
    })
    const later = [...lessons.slice(0, 2), live('class', 'scheduled')]
    t.match(nextStepOf(page({ lessons: later, viewer: owner({ id: 'second', title: 'second' }) })), {
      to: 'resume',
      lesson: { id: 'second' },
    })
    t.match(nextStepOf(page({ lessons: later, viewer: owner() })), { to: 'begin', lesson: { id: 'first' } })
    t.same(nextStepOf(page({ lessons: [], viewer: owner() })), { to: 'wait' })
  },
)

t.test('what is live now is the best taste, then what is free, then what opens in part', async (t) => {
  const part = lesson('part', { trialSeconds: 60 })
  const free = lesson('free', { free: true })
  const on = live('on', 'live', { trialSeconds: 60 })
  const coming = live('coming', 'scheduled', { trialSeconds: 60 })
  t.equal(tasteOf(page({ lessons: [lesson('paid'), part, free, on] }))?.id, 'on')
  t.equal(tasteOf(page({ lessons: [part, free, coming] }))?.id, 'free')
  t.equal(tasteOf(page({ lessons: [coming, part] }))?.id, 'part')
  t.equal(tasteOf(page({ lessons: [coming, lesson('paid'), lesson('bare', { free: true, ready: false })] })), undefined)
})
