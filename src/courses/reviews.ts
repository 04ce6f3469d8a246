/** What those who have a course say of it: one review each. */
import { and, desc, eq, isNull, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { reviews, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type CoursesDeps, visibleCourse } from './course.ts'
import { beyond, pageOf } from './cursor.ts'
import { isStaff, type Viewer } from './lesson.ts'
import type { CourseRight, OwnReview, Review, ReviewList } from './schema.ts'

const PAGE = 20

/** Those who learn in it, not those who teach it or keep order. */
export const mayReview = (right: CourseRight | null): boolean =>
  right?.via === 'entitlement' || right?.via === 'membership'

const select = (db: Db) =>
  db
    .select({ review: reviews, author: users.displayName })
    .from(reviews)
    .innerJoin(users, eq(users.id, reviews.userId))
    .$dynamic()

type Row = Awaited<ReturnType<typeof select>>[number]

export function reviewOf({ review, author }: Row, viewer: Viewer | null): Review {
  const { id, rating, text, createdAt, updatedAt } = review
  return {
    id,
    author,
    rating,
    text,
    createdAt,
    updatedAt,
    hidden: review.hiddenAt !== null,
    own: isOwn(review, viewer),
  }
}

const isOwn = ({ userId }: { userId: string }, viewer: Viewer | null) => userId === viewer?.id

/** One page of reviews, the latest first. Hidden ones are shown to operators and to their own authors. */
export async function listReviews(
  deps: CoursesDeps,
  viewer: Viewer | null,
  courseId: string,
  after?: string,
): Promise<ReviewList> {
  await visibleCourse(deps, viewer, courseId)
  const shown = or(isNull(reviews.hiddenAt), viewer ? eq(reviews.userId, viewer.id) : undefined)
  const found = await select(deps.db)
    .where(
      and(
        eq(reviews.courseId, courseId),
        viewer && isStaff(viewer) ? undefined : shown,
        after ? beyond(after, reviews.createdAt, reviews.id, 'down') : undefined,
      ),
    )
    .orderBy(desc(reviews.createdAt), desc(reviews.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ review }) => [review.createdAt, review.id])
  return { reviews: entries.map((row) => reviewOf(row, viewer)), next }
}

export async function ownReview(db: Db, viewer: Viewer, courseId: string): Promise<Review | null> {
  const [row] = await select(db).where(and(eq(reviews.courseId, courseId), eq(reviews.userId, viewer.id)))
  return row ? reviewOf(row, viewer) : null
}

/** Writes one's review, or replaces what one wrote before. A hidden one stays hidden. */
export async function writeReview(
  deps: CoursesDeps,
  viewer: Viewer,
  courseId: string,
  own: OwnReview,
): Promise<Review> {
  const { right } = await visibleCourse(deps, viewer, courseId)
  if (!mayReview(right)) throw new AppError('not_entitled', 'reviews are for those who have the course')
  const [at, rating, text] = [deps.now(), own.rating, own.text?.trim() ?? '']
  await deps.db
    .insert(reviews)
    .values({ courseId, userId: viewer.id, rating, text, createdAt: at, updatedAt: at })
    .onConflictDoUpdate({ target: [reviews.courseId, reviews.userId], set: { rating, text, updatedAt: at } })
  return (await ownReview(deps.db, viewer, courseId))!
}

export async function deleteReview({ db }: CoursesDeps, viewer: Viewer, courseId: string): Promise<void> {
  const own = and(eq(reviews.courseId, courseId), eq(reviews.userId, viewer.id), isNull(reviews.hiddenAt))
  const gone = await db.delete(reviews).where(own).returning({ id: reviews.id })
  if (gone.length === 0) throw new AppError('not_found', 'there is no review of yours that you could delete')
}
