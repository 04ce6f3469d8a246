/** What is on sale: categories, published courses by page, memberships. */
import { and, asc, desc, eq, ilike, inArray, or, type SQL, sql } from 'drizzle-orm'
import { categories, courses, lessons, membershipPlanCourses, membershipPlans, users } from '../../db/schema.ts'
import { type CoursesDeps, cardOf, learnerCount, published, selectCourses } from './course.ts'
import { beyond, pageOf } from './cursor.ts'
import type { Viewer } from './lesson.ts'
import type { CategoryList, CourseList, CourseQuery, CourseSort, MembershipPlanList } from './schema.ts'

const PAGE = 12
const MOST_WORDS = 6
/** A plan names so many of its courses. */
const NAMED_COURSES = 12

export async function listCategories({ db }: CoursesDeps): Promise<CategoryList> {
  const { id, slug, nameZh, nameEn } = categories
  const count = sql<number>`count(${courses.id})::int`
  const found = await db
    .select({ id, slug, nameZh, nameEn, courses: count })
    .from(categories)
    .leftJoin(courses, and(eq(courses.categoryId, categories.id), published))
    .groupBy(categories.id)
    .orderBy(asc(categories.position), asc(categories.slug))
  return { categories: found }
}

type Order = { key: typeof courses.publishedAt | typeof courses.priceFen | SQL<number>; direction: 'up' | 'down' }

const orders: Record<CourseSort, Order> = {
  newest: { key: courses.publishedAt, direction: 'down' },
  // A cursor may hold a larger number than people can be counted by.
  popular: { key: sql<number>`(${learnerCount})::int8`, direction: 'down' },
  price_up: { key: courses.priceFen, direction: 'up' },
  price_down: { key: courses.priceFen, direction: 'down' },
}

export async function listCourses(deps: CoursesDeps, viewer: Viewer | null, query: CourseQuery): Promise<CourseList> {
  const sort = query.sort ?? 'newest'
  const { key, direction } = orders[sort]
  const inOrder = direction === 'up' ? asc : desc
  const found = await selectCourses(
    deps.db,
    and(
      published,
      query.teacher ? eq(courses.teacherId, query.teacher) : undefined,
      query.category ? eq(categories.slug, query.category) : undefined,
      ...wordsOf(query.search).map(wordIsFound),
      query.after ? beyond(query.after, key, courses.id, direction) : undefined,
    ),
  )
    .orderBy(inOrder(key), inOrder(courses.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ course, learners }) => [
    sort === 'popular' ? learners : sort === 'newest' ? course.publishedAt : course.priceFen,
    course.id,
  ])
  const rights = await deps.rights.viewOf(
    viewer,
    entries.map(({ course }) => course.id),
  )
  return { courses: entries.map((row) => ({ ...cardOf(row), right: rights.get(row.course.id) ?? null })), next }
}

const wordsOf = (search = '') => search.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)

function wordIsFound(word: string): SQL {
  const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`
  const inLesson = sql`exists (select 1 from ${lessons} where ${lessons.courseId} = ${courses.id} and ${lessons.cancelledAt} is null and ${ilike(lessons.title, pattern)})`
  return or(
    ilike(courses.title, pattern),
    ilike(courses.summary, pattern),
    ilike(users.displayName, pattern),
    inLesson,
  )!
}

/** Those on sale, and those that the viewer has, whether they are still sold or not. */
export async function listPlans({ db, rights }: CoursesDeps, viewer: Viewer | null): Promise<MembershipPlanList> {
  const mine = await rights.membershipsOf(viewer)
  const plans = await db
    .select()
    .from(membershipPlans)
    .where(or(eq(membershipPlans.onSale, true), inArray(membershipPlans.id, [...mine.keys()])))
    .orderBy(asc(membershipPlans.position), asc(membershipPlans.id))
  const chosen = plans.filter(({ allCourses }) => !allCourses).map(({ id }) => id)
  const opened = chosen.length === 0 ? [] : await coursesOf(db, chosen)
  return {
    plans: plans.map(({ id, title, description, priceFen, listPriceFen, days, allCourses, onSale }) => {
      const own = opened.filter(({ planId }) => planId === id).map(({ course }) => course)
      const endsAt = mine.get(id)
      return {
        id,
        title,
        description,
        priceFen,
        listPriceFen,
        days,
        allCourses,
        onSale,
        courses: own.slice(0, NAMED_COURSES),
        courseCount: own.length,
        mine: endsAt === undefined ? null : { endsAt },
      }
    }),
  }
}

const coursesOf = (db: CoursesDeps['db'], planIds: string[]) =>
  db
    .select({ planId: membershipPlanCourses.planId, course: { id: courses.id, title: courses.title } })
    .from(membershipPlanCourses)
    .innerJoin(courses, and(eq(courses.id, membershipPlanCourses.courseId), published))
    .where(inArray(membershipPlanCourses.planId, planIds))
    .orderBy(desc(courses.publishedAt), asc(courses.id))
