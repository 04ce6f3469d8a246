/** What courses, lessons and classes hold of a person. */
import { and, asc, eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  courses,
  lessonAssistants,
  lessonProgress,
  lessons,
  preparedPolls,
  reviews,
  roomEvents,
} from '../../db/schema.ts'
import { DELETED_NAME, type PersonalData } from '../users/personal-data.ts'

export const coursesPersonalData = (db: Db): PersonalData => ({
  name: 'learning',
  async gather(userId) {
    const { title, status } = courses
    return {
      progress: await db.select().from(lessonProgress).where(eq(lessonProgress.userId, userId)),
      reviews: await db.select().from(reviews).where(eq(reviews.userId, userId)),
      coursesTaught: await db
        .select({ id: courses.id, title, status })
        .from(courses)
        .where(eq(courses.teacherId, userId)),
      lessonsTaught: await db.select().from(lessons).where(eq(lessons.teacherId, userId)),
      pollsPrepared: await db
        .select({ lessonId: preparedPolls.lessonId, polls: preparedPolls.polls })
        .from(preparedPolls)
        .innerJoin(lessons, eq(lessons.id, preparedPolls.lessonId))
        .where(eq(lessons.teacherId, userId)),
      lessonsAssisted: await db.select().from(lessonAssistants).where(eq(lessonAssistants.userId, userId)),
    }
  },
  async erase(tx, userId) {
    await tx.delete(lessonProgress).where(eq(lessonProgress.userId, userId))
    await tx.delete(lessonAssistants).where(eq(lessonAssistants.userId, userId))
    // The stars stay in the course's average; the words go.
    await tx.update(reviews).set({ text: '' }).where(eq(reviews.userId, userId))
  },
})

const by = sql`${roomEvents.by} ->> 'peerId'`
/** Only looked at where it is one: the text of a message may hold what PostgreSQL cannot read as JSON. */
const given = sql`case when ${roomEvents.type} = 'floorGiven' then ${roomEvents.data} -> 'peer' end`

/** What somebody did in the rooms. It stays in their logs, by nobody. */
export const classPersonalData = (db: Db): PersonalData => ({
  name: 'classes',
  gather: (userId) =>
    db
      .select()
      .from(roomEvents)
      .where(eq(by, userId))
      .orderBy(asc(roomEvents.at), asc(roomEvents.roomId), asc(roomEvents.seq)),
  async erase(tx, userId) {
    const nameless = (person: ReturnType<typeof sql>) =>
      sql`json_build_object('peerId', ${person} ->> 'peerId', 'displayName', ${DELETED_NAME}::text, 'role', ${person} ->> 'role')`
    await tx
      .update(roomEvents)
      .set({ by: nameless(sql`${roomEvents.by}`) })
      .where(eq(by, userId))
    await tx
      .update(roomEvents)
      .set({ data: sql`json_build_object('peer', ${nameless(given)})` })
      .where(and(eq(roomEvents.type, 'floorGiven'), sql`${given} ->> 'peerId' = ${userId}`))
  },
})
