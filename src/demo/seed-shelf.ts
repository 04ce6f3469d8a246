/** Fills the shelf of the demo: categories, courses with their lessons, those who learn in them, and memberships. */
import type { Db } from '../../db/client.ts'
import type { CourseService } from '../courses/course-service.ts'
import type { CourseDraft } from '../courses/schema.ts'
import { grantIn } from '../entitlements/grants.ts'
import type { User } from '../users/schema.ts'
import { categories, courses, plans, type ShelfCourse, type ShelfLesson } from './shelf/courses.ts'

const QUARTER_MS = 15 * 60_000

export type ShelfDeps = { db: Db; courses: CourseService; now: () => number }
export type ShelfPeople = { person: User; robot: User; operator: User; learners: User[] }

/** Makes what is missing, and gives live lessons that were missed a new time. What is there stays as it was left. */
export async function seedShelf(deps: ShelfDeps, people: ShelfPeople): Promise<void> {
  const categoryIds = await seedCategories(deps, people.operator)
  const byCategory = new Map<string, string[]>()
  for (const course of courses) {
    const id = await seedCourse(deps, people, course, categoryIds.get(course.category)!)
    byCategory.set(course.category, [...(byCategory.get(course.category) ?? []), id])
  }
  await seedPlans(deps, people.operator, byCategory)
}

async function seedCategories({ courses: { categories: list, operating } }: ShelfDeps, operator: User) {
  const known = new Map((await list()).categories.map(({ slug, id }) => [slug, id]))
  for (const category of categories)
    if (!known.has(category.slug)) known.set(category.slug, (await operating.addCategory(operator, category)).id)
  return known
}

async function seedCourse(
  deps: ShelfDeps,
  people: ShelfPeople,
  plan: ShelfCourse,
  categoryId: string,
): Promise<string> {
  const { teaching } = deps.courses
  const teacher = people[plan.by]
  const known = await findCourse(deps, teacher, plan.title)
  if (known) {
    await moveMissedClasses(deps, teacher, await teaching.course(teacher, known), plan)
    return known
  }
  const { title, summary, intro, priceFen, listPriceFen, accessDays } = plan
  const fields = { title, summary, intro, priceFen, listPriceFen, accessDays, categoryId }
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  const { id } = await teaching.create(teacher, { ...given, title })
  await seedOutline(deps, teacher, id, plan)
  await teaching.setStatus(teacher, id, 'published')
  await seedReviews(deps, people, id, plan)
  return id
}

/** The teacher's course of this title, by id. */
export async function findCourse({ courses: { teaching } }: Pick<ShelfDeps, 'courses'>, teacher: User, title: string) {
  let after: string | null = null
  do {
    const page = await teaching.list(teacher, after ? { after } : {})
    const found = page.courses.find((course) => course.title === title)
    if (found) return found.id
    after = page.next
  } while (after)
  return undefined
}

async function seedOutline(deps: ShelfDeps, teacher: User, courseId: string, plan: ShelfCourse): Promise<void> {
  const { teaching } = deps.courses
  const { outlineVersion: version } = await teaching.course(teacher, courseId)
  const named = plan.chapters.map(({ title }) => ({ title, lessons: [] }))
  const { outline } = await teaching.setOrder(teacher, courseId, { version, loose: [], chapters: named })
  for (const [place, chapter] of plan.chapters.entries())
    for (const lesson of chapter.lessons) await addLesson(deps, teacher, courseId, outline[place + 1]!.id, lesson)
}

async function addLesson(
  { courses: { teaching }, now }: ShelfDeps,
  teacher: User,
  courseId: string,
  chapterId: string | null,
  lesson: ShelfLesson,
): Promise<void> {
  const { kind, title, free = false, trialSeconds = 0 } = lesson
  const time =
    lesson.kind === 'live' ? { startsAt: roundUp(now() + lesson.inMs), durationMinutes: lesson.durationMinutes } : {}
  const { id, version } = await teaching.addLesson(teacher, courseId, { kind, title, chapterId, ...time })
  const body = lesson.kind === 'article' ? { body: lesson.body } : {}
  await teaching.changeLesson(teacher, id, { version, free, trialSeconds, ...body })
}

/** A class that nobody gave is there again, some days from now. */
async function moveMissedClasses(deps: ShelfDeps, teacher: User, { id, outline }: CourseDraft, plan: ShelfCourse) {
  const { teaching } = deps.courses
  for (const [place, chapter] of plan.chapters.entries())
    for (const lesson of chapter.lessons) {
      if (lesson.kind !== 'live') continue
      const there = outline.flatMap(({ lessons }) => lessons).find(({ title }) => title === lesson.title)
      if (!there) await addLesson(deps, teacher, id, outline[place + 1]?.id ?? null, lesson)
      else if (there.startsAt! < deps.now() && (there.status === 'scheduled' || there.status === 'lobby')) {
        const { version } = await teaching.lesson(teacher, there.id)
        await teaching.changeLesson(teacher, there.id, { version, startsAt: roundUp(deps.now() + lesson.inMs) })
      }
    }
}

async function seedReviews({ db, courses, now }: ShelfDeps, people: ShelfPeople, courseId: string, plan: ShelfCourse) {
  const grant = { subject: { courseId }, grantedBy: people.operator.id, accessDays: null, at: now() }
  for (const [place, learner] of people.learners.entries()) {
    await grantIn(db, { userId: learner.id, ...grant })
    const review = plan.reviews[place]
    if (review) await courses.review(learner, courseId, review)
  }
}

async function seedPlans({ courses: { operating } }: ShelfDeps, operator: User, byCategory: Map<string, string[]>) {
  const known = (await operating.plans()).plans.map(({ title }) => title)
  for (const { opens, ...plan } of plans)
    if (!known.includes(plan.title))
      await operating.addPlan(operator, { ...plan, courseIds: opens.flatMap((slug) => byCategory.get(slug) ?? []) })
}

const roundUp = (at: number) => Math.ceil(at / QUARTER_MS) * QUARTER_MS
