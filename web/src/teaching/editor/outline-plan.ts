/** The outline of a course while it is put in order: every step is a new plan, and a lesson is never lost on the way. */
import type { CourseDraft, DraftOutlineLesson, OutlineOrder } from '../../../../src/courses/schema.ts'

/** `key` stays while a chapter has no id yet; that of the lessons outside of all chapters is `LOOSE`, and comes first. */
export type PlanChapter = { key: string; id: string | null; title: string; lessons: DraftOutlineLesson[] }
export type Plan = PlanChapter[]

export const LOOSE = 'loose'

export const planOf = ({ outline }: Pick<CourseDraft, 'outline'>): Plan =>
  outline.map((chapter) => ({ ...chapter, key: chapter.id ?? LOOSE }))

export function orderOf(plan: Plan, version: number): OutlineOrder {
  const idsOf = ({ lessons }: PlanChapter) => lessons.map(({ id }) => id)
  return {
    version,
    loose: plan.filter(({ key }) => key === LOOSE).flatMap(idsOf),
    chapters: plan
      .filter(({ key }) => key !== LOOSE)
      .map((chapter) => ({ ...(chapter.id && { id: chapter.id }), title: chapter.title, lessons: idsOf(chapter) })),
  }
}

/** Whether both stand in the same order under the same names. */
export const isSame = (one: Plan, other: Plan) => JSON.stringify(orderOf(one, 0)) === JSON.stringify(orderOf(other, 0))

export type Place = { chapter: number; index: number }

export function placeOf(plan: Plan, lessonId: string): Place | undefined {
  for (const [chapter, { lessons }] of plan.entries()) {
    const index = lessons.findIndex(({ id }) => id === lessonId)
    if (index >= 0) return { chapter, index }
  }
  return undefined
}

/** Puts a lesson at this place; the place is counted without the lesson itself. */
export function putLesson(plan: Plan, lessonId: string, to: Place): Plan {
  const from = placeOf(plan, lessonId)
  if (!from) return plan
  const lesson = plan[from.chapter]!.lessons[from.index]!
  return plan.map((chapter, place) => {
    const lessons = chapter.lessons.filter(({ id }) => id !== lessonId)
    if (place === to.chapter) lessons.splice(to.index, 0, lesson)
    return { ...chapter, lessons }
  })
}

/** One step up or down, at the edge of a chapter into the next one. The same plan where there is no further. */
export function stepLesson(plan: Plan, lessonId: string, step: -1 | 1): Plan {
  const from = placeOf(plan, lessonId)
  if (!from) return plan
  const index = from.index + step
  if (index >= 0 && index < plan[from.chapter]!.lessons.length) return putLesson(plan, lessonId, { ...from, index })
  const next = plan[from.chapter + step]
  if (!next) return plan
  return putLesson(plan, lessonId, { chapter: from.chapter + step, index: step > 0 ? 0 : next.lessons.length })
}

/** Puts a chapter with all of its lessons at the place of another one. */
export function putChapter(plan: Plan, key: string, to: number): Plan {
  const from = plan.findIndex((chapter) => chapter.key === key)
  if (from < 0 || key === LOOSE) return plan
  const others = plan.filter((chapter) => chapter.key !== key)
  others.splice(Math.max(to, plan[0]?.key === LOOSE ? 1 : 0), 0, plan[from]!)
  return others
}

export const stepChapter = (plan: Plan, key: string, step: -1 | 1): Plan => {
  const from = plan.findIndex((chapter) => chapter.key === key)
  const to = from + step
  return to < 0 || to >= plan.length ? plan : putChapter(plan, key, to)
}

export const addChapter = (plan: Plan, title: string): Plan => [
  ...plan,
  { key: `new-${plan.length}-${title}`, id: null, title, lessons: [] },
]

export const renameChapter = (plan: Plan, key: string, title: string): Plan =>
  plan.map((chapter) => (chapter.key === key ? { ...chapter, title } : chapter))

/** Its lessons go to the chapter before. */
export function removeChapter(plan: Plan, key: string): Plan {
  const place = plan.findIndex((chapter) => chapter.key === key)
  if (place < 1) return plan
  const { lessons } = plan[place]!
  return plan
    .map((chapter, other) =>
      other === place - 1 ? { ...chapter, lessons: [...chapter.lessons, ...lessons] } : chapter,
    )
    .filter((chapter) => chapter.key !== key)
}
