/** Reviews as operators see them: of all courses, and to be hidden or shown again. */
import { desc, eq } from 'drizzle-orm'
import { courses, reviews, users } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { record } from '../../audit/audit.ts'
import { beyond, pageOf } from '../cursor.ts'
import type { Viewer } from '../lesson.ts'
import { reviewOf } from '../reviews.ts'
import type { ReviewDesk } from '../schema.ts'
import type { OperatingDeps } from './categories.ts'

const PAGE = 20

export async function latestReviews({ db }: OperatingDeps, user: Viewer, after?: string): Promise<ReviewDesk> {
  const found = await db
    .select({ review: reviews, author: users.displayName, course: { id: courses.id, title: courses.title } })
    .from(reviews)
    .innerJoin(users, eq(users.id, reviews.userId))
    .innerJoin(courses, eq(courses.id, reviews.courseId))
    .where(after ? beyond(after, reviews.createdAt, reviews.id, 'down') : undefined)
    .orderBy(desc(reviews.createdAt), desc(reviews.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ review }) => [review.createdAt, review.id])
  return { reviews: entries.map(({ course, ...row }) => ({ ...reviewOf(row, user), course })), next }
}

export async function hideReview({ db, now }: OperatingDeps, user: Viewer, reviewId: string, hidden: boolean) {
  const at = now()
  await db.transaction(async (tx) => {
    const [before] = await tx.select().from(reviews).where(eq(reviews.id, reviewId)).for('update')
    if (!before) throw new AppError('not_found', 'there is no such review')
    if ((before.hiddenAt !== null) === hidden) return
    await tx
      .update(reviews)
      .set({ hiddenAt: hidden ? at : null })
      .where(eq(reviews.id, reviewId))
    const { courseId, userId, rating, text } = before
    await record(tx, {
      actorId: user.id,
      action: hidden ? 'reviewHidden' : 'reviewShown',
      subject: 'review',
      subjectId: reviewId,
      details: { courseId, userId, rating, text },
      at,
    })
  })
}
