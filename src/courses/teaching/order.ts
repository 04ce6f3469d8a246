/** The order of chapters and lessons, set as a whole, so that two tabs cannot each lose what the other one made. */
import { and, eq, inArray, notInArray } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { chapters, lessons } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { inCourse } from '../course.ts'
import type { Viewer } from '../lesson.ts'
import type { CourseDraft, OutlineOrder } from '../schema.ts'
import { changedElsewhere, editable, type TeachingDeps, touchOutline } from './deps.ts'
import { courseDraft } from './draft.ts'

export async function setOrder(
  deps: TeachingDeps,
  user: Viewer,
  courseId: string,
  order: OutlineOrder,
): Promise<CourseDraft> {
  return deps.db.transaction(async (tx) => {
    const course = await editable(tx, user, courseId)
    if (course.outlineVersion !== order.version) throw changedElsewhere()
    await checkWhole(tx, courseId, order)
    const chapterIds = await placeChapters(tx, courseId, order.chapters)
    await placeLessons(tx, null, order.loose)
    for (const [place, { lessons: ids }] of order.chapters.entries()) await placeLessons(tx, chapterIds[place]!, ids)
    await touchOutline(tx, courseId, deps.now())
    return courseDraft({ ...deps, db: tx }, user, courseId)
  })
}

/** Every lesson of the course once, and no chapter of another. */
async function checkWhole(tx: Db, courseId: string, { loose, chapters: named }: OutlineOrder): Promise<void> {
  const known = await tx.select({ id: lessons.id }).from(lessons).where(inCourse(courseId))
  const given = [...loose, ...named.flatMap(({ lessons: ids }) => ids)]
  const distinct = new Set(given)
  if (given.length !== known.length || !known.every(({ id }) => distinct.has(id)))
    throw new AppError('bad_request', 'the order must name every lesson of the course once')
  const ids = named.flatMap(({ id }) => (id ? [id] : []))
  const own = await tx.$count(chapters, and(eq(chapters.courseId, courseId), inArray(chapters.id, ids)))
  if (new Set(ids).size !== ids.length || own !== ids.length)
    throw new AppError('bad_request', 'the order names a chapter twice, or one of another course')
}

async function placeChapters(tx: Db, courseId: string, named: OutlineOrder['chapters']): Promise<string[]> {
  const kept = named.flatMap(({ id }) => (id ? [id] : []))
  await tx.delete(chapters).where(and(eq(chapters.courseId, courseId), notInArray(chapters.id, kept)))
  const ids: string[] = []
  for (const [position, { id, title }] of named.entries()) {
    const values = { title: title.trim(), position }
    const [row] = id
      ? await tx.update(chapters).set(values).where(eq(chapters.id, id)).returning({ id: chapters.id })
      : await tx
          .insert(chapters)
          .values({ courseId, ...values })
          .returning({ id: chapters.id })
    ids.push(row!.id)
  }
  return ids
}

async function placeLessons(tx: Db, chapterId: string | null, ids: string[]): Promise<void> {
  for (const [position, id] of ids.entries())
    await tx.update(lessons).set({ chapterId, position }).where(eq(lessons.id, id))
}
