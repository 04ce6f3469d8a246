/** The one question that everything asks: may this person do this with that, now? */
import { and, eq, gt, inArray, isNull, lte, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  courses,
  entitlements,
  files,
  lessonAssistants,
  lessonAttachments,
  lessons,
  membershipPlanCourses,
  membershipPlans,
  roomEvents,
  type users,
} from '../../db/schema.ts'
import { AppError, type ErrorCode } from '../../signaling/protocol/errors.ts'
import { beginningOf } from '../courses/beginning.ts'
import type { SignedInUser } from '../http/auth.ts'

export type Viewer = Pick<SignedInUser, 'id' | 'role'>

/** `enter` a live class, `watch` a video or replay, `read` an article or document, `download` a file, `review` a course. */
export type Action = 'enter' | 'watch' | 'read' | 'download' | 'review'
export type Thing = { lessonId: string } | { courseId: string } | { fileId: string }

export type Decision =
  | { allowed: true; via: 'free' | 'entitlement' | 'membership' | 'teaching' | 'staff' }
  | { allowed: 'trial'; trialSeconds: number }
  | { allowed: false; code: ErrorCode }

export type Granted = Exclude<Decision, { allowed: false }>

export type RightsDeps = { db: Db; now: () => number }

export const refused = (code: ErrorCode): Decision => ({ allowed: false, code })

/** Answers from the database, as things stand at this moment. */
export function mayI(deps: RightsDeps, viewer: Viewer | null, action: Action, thing: Thing): Promise<Decision> {
  if ('lessonId' in thing) return ofLesson(deps, viewer, action, thing.lessonId)
  if ('courseId' in thing) return ofCourse(deps, viewer, action, thing.courseId)
  return ofFile(deps, viewer, action, thing.fileId)
}

/** The same as an order: throws the code of a refusal. A trial is no refusal. */
export const demand = async (deps: RightsDeps, viewer: Viewer | null, action: Action, thing: Thing) =>
  granted(await mayI(deps, viewer, action, thing), action)

/** Throws the code of a refusal. */
export function granted(decision: Decision, action: Action): Granted {
  if (!decision.allowed) throw new AppError(decision.code, `${action} is not for this viewer`)
  return decision
}

export const isStaff = ({ role }: Viewer) => role === 'operator' || role === 'admin'
export const mayTeach = ({ role }: Viewer) => role === 'teacher'

async function ofLesson(deps: RightsDeps, viewer: Viewer | null, action: Action, lessonId: string): Promise<Decision> {
  const [standing] = await deps.db
    .select(standingOf(viewer?.id, deps.now()))
    .from(lessons)
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .where(and(eq(lessons.id, lessonId), isNull(lessons.cancelledAt)))
  return standing ? judge(standing, viewer, action) : refused('not_found')
}

/** What decides about one person and one lesson, of a selection from lessons and, where there is one, its course. */
export const standingOf = (userId: UserId | undefined, at: Moment) => ({
  teacherId: lessons.teacherId,
  courseId: lessons.courseId,
  free: lessons.free,
  trialSeconds: lessons.trialSeconds,
  courseTeacherId: courses.teacherId,
  courseStatus: courses.status,
  assists: userId ? assists(userId) : sql<boolean>`false`,
  entitled: userId ? entitledTo(userId, sql`${lessons.courseId}`, at) : sql<boolean>`false`,
  member: userId ? memberFor(userId, sql`${lessons.courseId}`, at) : sql<boolean>`false`,
})

export type Standing = {
  teacherId: string
  courseId: string | null
  free: boolean
  trialSeconds: number
  courseTeacherId: string | null
  courseStatus: 'draft' | 'published' | 'archived' | null
  assists: boolean
  entitled: boolean
  member: boolean
}

export function judge(lesson: Standing, viewer: Viewer | null, action: Action): Decision {
  const offered = lesson.courseStatus === null || lesson.courseStatus === 'published'
  if (!viewer) return refused(offered ? 'unauthorized' : 'not_found')
  if (isStaff(viewer)) return { allowed: true, via: 'staff' }
  const teaches = mayTeach(viewer) && [lesson.teacherId, lesson.courseTeacherId].includes(viewer.id)
  if (teaches || lesson.assists) return { allowed: true, via: 'teaching' }
  if (lesson.courseId === null) return { allowed: true, via: 'free' }
  if (lesson.entitled) return { allowed: true, via: 'entitlement' }
  if (lesson.courseStatus === 'draft') return refused('not_found')
  if (lesson.member) return { allowed: true, via: 'membership' }
  if (!offered) return refused('not_found')
  if (lesson.free) return { allowed: true, via: 'free' }
  const tries = action === 'enter' || action === 'watch' || action === 'read'
  if (tries && lesson.trialSeconds > 0) return { allowed: 'trial', trialSeconds: lesson.trialSeconds }
  return refused('not_entitled')
}

/** `read` is its page, which is public once it is published; all else needs a right to the course. */
async function ofCourse(deps: RightsDeps, viewer: Viewer | null, action: Action, courseId: string): Promise<Decision> {
  const [course] = await deps.db
    .select({
      teacherId: courses.teacherId,
      status: courses.status,
      entitled: viewer ? entitledTo(viewer.id, sql`${courses.id}`, deps.now()) : sql<boolean>`false`,
      member: viewer ? memberFor(viewer.id, sql`${courses.id}`, deps.now()) : sql<boolean>`false`,
    })
    .from(courses)
    .where(eq(courses.id, courseId))
  if (!course) return refused('not_found')
  if (viewer && isStaff(viewer)) return { allowed: true, via: 'staff' }
  if (viewer && mayTeach(viewer) && course.teacherId === viewer.id) return { allowed: true, via: 'teaching' }
  if (course.entitled) return { allowed: true, via: 'entitlement' }
  if (course.status === 'draft') return refused('not_found')
  if (course.member) return { allowed: true, via: 'membership' }
  if (action === 'read' && course.status === 'published') return { allowed: true, via: 'free' }
  return refused(viewer ? 'not_entitled' : 'unauthorized')
}

/** A file is for its owner, and for those who have a right to something it belongs to. A course's cover is public. */
async function ofFile(deps: RightsDeps, viewer: Viewer | null, action: Action, fileId: string): Promise<Decision> {
  const [file] = await deps.db
    .select({
      ownerId: files.ownerId,
      purpose: files.purpose,
      cover: exists(
        sql`select 1 from ${courses} where ${courses.coverFileId} = ${files.id} and ${courses.status} <> 'draft'`,
      ),
    })
    .from(files)
    .where(eq(files.id, fileId))
  if (!file) return refused('not_found')
  if (file.cover) return { allowed: true, via: 'free' }
  if (!viewer) return refused('unauthorized')
  if (isStaff(viewer)) return { allowed: true, via: 'staff' }
  if (file.ownerId === viewer.id) return { allowed: true, via: 'teaching' }
  if (file.purpose === 'chat') return ofChatPicture(deps, viewer, fileId)
  const attached = deps.db
    .select({ id: lessonAttachments.lessonId })
    .from(lessonAttachments)
    .where(eq(lessonAttachments.fileId, fileId))
  const users = await deps.db
    .select({ id: lessons.id, shown: shows(file.ownerId, fileId), body: lessons.body })
    .from(lessons)
    .where(or(eq(lessons.fileId, fileId), inArray(lessons.id, attached), shows(file.ownerId, fileId)))
  let best = refused('not_found')
  for (const { id, shown, body } of users) {
    const decision = await ofLesson(deps, viewer, shown ? 'read' : action, id)
    if (shown && decision.allowed === 'trial' && beginningOf(body, decision.trialSeconds).includes(fileId))
      return { allowed: true, via: 'free' }
    if (decision.allowed === true) return decision
    if (decision.allowed === 'trial' || best.allowed === false) best = decision
  }
  return best
}

/**
 * A picture in a chat is for whoever has a right to the class, while its message stands. What waits for staff or was
 * deleted is for those who keep order there.
 */
async function ofChatPicture(deps: RightsDeps, viewer: Viewer, fileId: string): Promise<Decision> {
  const shown = await deps.db
    .select({ lessonId: roomEvents.roomId, type: roomEvents.type, deleted: isDeleted })
    .from(roomEvents)
    .where(eq(roomEvents.pictureId, fileId))
  for (const { lessonId, type, deleted } of shown) {
    const decision = await ofLesson(deps, viewer, 'download', lessonId)
    if (decision.allowed !== true) continue
    if (decision.via === 'teaching' || (type === 'messageSent' && !deleted)) return decision
  }
  return refused('not_found')
}

/** An article of the owner's with this picture in it; to name somebody else's opens nothing. */
const shows = (ownerId: string, fileId: string) =>
  sql<boolean>`(${lessons.teacherId} = ${ownerId} and ${lessons.kind} = 'article' and position(${`/api/files/${fileId}`}::text in ${lessons.body}) > 0)`

// A statement within a statement: drizzle takes the tables off the names of columns that stand in a selection themselves.
const exists = (query: SQL) => sql<boolean>`exists (${query})`

/** Only deletions are looked into: what people wrote may hold what the database cannot read. */
const isDeleted = exists(
  sql`select 1 from ${roomEvents} as deletion where deletion.room_id = ${roomEvents}.room_id and deletion.type = 'messageDeleted'
    and case when deletion.type = 'messageDeleted' then (deletion.data ->> 'messageSeq')::int end = ${roomEvents}.seq`,
)

type UserId = string | typeof users.id
type Moment = number | SQL<number>

const assists = (userId: UserId) =>
  exists(
    sql`select 1 from ${lessonAssistants} where ${lessonAssistants.lessonId} = ${lessons.id} and ${lessonAssistants.userId} = ${userId}`,
  )

/** Rights that hold now. */
export const holding = (at: Moment) =>
  and(
    isNull(entitlements.revokedAt),
    lte(entitlements.startsAt, at),
    or(isNull(entitlements.endsAt), gt(entitlements.endsAt, at)),
  )!

const entitledTo = (userId: UserId, courseId: SQL, at: Moment) =>
  exists(
    sql`select 1 from ${entitlements} where ${entitlements.userId} = ${userId} and ${entitlements.courseId} = ${courseId} and ${holding(at)}`,
  )

const memberFor = (userId: UserId, courseId: SQL, at: Moment) =>
  exists(
    sql`select 1 from ${entitlements} join ${membershipPlans} on ${membershipPlans.id} = ${entitlements.planId}
      where ${entitlements.userId} = ${userId} and ${holding(at)} and (${membershipPlans.allCourses} or ${opens(courseId)})`,
  )

const opens = (courseId: SQL) =>
  exists(
    sql`select 1 from ${membershipPlanCourses} where ${membershipPlanCourses.planId} = ${membershipPlans.id} and ${membershipPlanCourses.courseId} = ${courseId}`,
  )
