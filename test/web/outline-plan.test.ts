import fc from 'fast-check'
import t from 'tap'
import type { DraftOutlineLesson } from '../../src/courses/schema.ts'
import {
  addChapter,
  isSame,
  LOOSE,
  orderOf,
  type Plan,
  placeOf,
  planOf,
  putChapter,
  putLesson,
  removeChapter,
  renameChapter,
  stepChapter,
  stepLesson,
} from '../../web/src/teaching/editor/outline-plan.ts'

const lesson = (id: string): DraftOutlineLesson => ({
  id,
  kind: 'article',
  title: id,
  free: false,
  trialSeconds: 0,
  startsAt: null,
  durationMinutes: null,
  status: 'scheduled',
  video: null,
  lack: null,
})
const planWith = (loose: string[], ...chapters: string[][]): Plan =>
  planOf({
    outline: [
      { id: null, title: '', lessons: loose.map(lesson) },
      ...chapters.map((ids, place) => ({ id: `c${place}`, title: `Chapter ${place}`, lessons: ids.map(lesson) })),
    ],
  })
const shape = (plan: Plan) => plan.map(({ lessons }) => lessons.map(({ id }) => id).join(''))

t.test('an order names every chapter and lesson in its place', async (t) => {
  const plan = addChapter(planWith(['a'], ['b', 'c']), 'New')
  t.strictSame(orderOf(plan, 7), {
    version: 7,
    loose: ['a'],
    chapters: [
      { id: 'c0', title: 'Chapter 0', lessons: ['b', 'c'] },
      { title: 'New', lessons: [] },
    ],
  })
})

t.test('a lesson is put before another one, in its own chapter or in another', async (t) => {
  const plan = planWith([], ['a', 'b', 'c'], ['d'])
  t.strictSame(shape(putLesson(plan, 'a', { chapter: 1, index: 2 })), ['', 'bca', 'd'])
  t.strictSame(shape(putLesson(plan, 'c', { chapter: 1, index: 0 })), ['', 'cab', 'd'])
  t.strictSame(shape(putLesson(plan, 'b', { chapter: 2, index: 0 })), ['', 'ac', 'bd'])
  t.strictSame(shape(putLesson(plan, 'b', { chapter: 0, index: 0 })), ['b', 'ac', 'd'])
  t.equal(putLesson(plan, 'z', { chapter: 0, index: 0 }), plan)
})

t.test('steps lead through all chapters and end at both ends', async (t) => {
  let plan = planWith([], ['a', 'b'], [], ['c'])
  const way = [shape(plan).join('|')]
  for (let step = 0; step < 5; step++) {
    plan = stepLesson(plan, 'a', 1)
    way.push(shape(plan).join('|'))
  }
  t.strictSame(way, ['|ab||c', '|ba||c', '|b|a|c', '|b||ac', '|b||ca', '|b||ca'])
  for (let step = 0; step < 10; step++) plan = stepLesson(plan, 'a', -1)
  t.strictSame(shape(plan), ['a', 'b', '', 'c'])
})

t.test('a chapter moves with its lessons, and never before those in no chapter', async (t) => {
  const plan = planWith(['x'], ['a'], ['b'], ['c'])
  t.strictSame(shape(putChapter(plan, 'c0', 3)), ['x', 'b', 'c', 'a'])
  t.strictSame(shape(putChapter(plan, 'c2', 0)), ['x', 'c', 'a', 'b'])
  t.strictSame(shape(stepChapter(plan, 'c0', -1)), ['x', 'a', 'b', 'c'])
  t.strictSame(shape(stepChapter(plan, 'c2', 1)), ['x', 'a', 'b', 'c'])
  t.strictSame(shape(stepChapter(plan, 'c1', 1)), ['x', 'a', 'c', 'b'])
  t.equal(putChapter(plan, LOOSE, 2), plan)
})

t.test('the lessons of a removed chapter go to the one before', async (t) => {
  const plan = planWith(['x'], ['a'], ['b'])
  t.strictSame(shape(removeChapter(plan, 'c1')), ['x', 'ab'])
  t.strictSame(shape(removeChapter(plan, 'c0')), ['xa', 'b'])
  t.equal(removeChapter(plan, LOOSE), plan)
})

t.test('a new name is a change, and the same order is none', async (t) => {
  const plan = planWith([], ['a'])
  t.ok(isSame(plan, planWith([], ['a'])))
  t.notOk(isSame(plan, renameChapter(plan, 'c0', 'Other')))
  t.notOk(isSame(plan, planWith(['a'], [])))
})

t.test('whatever is done to it, every lesson is there once', async (t) => {
  const ids = [...'abcdefg']
  const step = fc.record({
    what: fc.nat(5),
    lesson: fc.constantFrom(...ids),
    chapter: fc.nat(6),
    to: fc.nat(8),
    down: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let plan = planWith(['a'], ['b', 'c'], ['d', 'e', 'f'], ['g'])
      for (const { what, lesson: id, chapter, to, down } of steps) {
        const key = plan[chapter % plan.length]!.key
        const direction = down ? 1 : -1
        const index = Math.min(to, plan[chapter % plan.length]!.lessons.length)
        plan = [
          () => putLesson(plan, id, { chapter: chapter % plan.length, index }),
          () => stepLesson(plan, id, direction),
          () => putChapter(plan, key, to),
          () => stepChapter(plan, key, direction),
          () => removeChapter(plan, key),
          () => addChapter(plan, `${to}`),
        ][what]!()
        if (plan[0]?.key !== LOOSE || !ids.every((each) => placeOf(plan, each))) return false
      }
      return shape(plan).join('').split('').sort().join('') === ids.join('')
    }),
    { numRuns: 500 },
  )
  t.pass()
})
