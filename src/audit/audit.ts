/** Who did what with more than ordinary rights: written with what was done, in the same transaction, and never changed. */
import { and, desc, eq, getTableColumns, inArray, lt, or, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { auditEvents, coupons, courses, lessons, membershipPlans, orders, refunds, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { AuditAction, AuditPage, AuditQuery, AuditSubject } from './schema.ts'

const PAGE = 50

export type AuditEntry = {
  /** Null: the server itself. */
  actorId: string | null
  action: AuditAction
  subject: AuditSubject
  subjectId: string
  details?: Record<string, unknown>
  at: number
}

/** Writes one entry; `db` is the transaction of what was done. */
export async function record(db: Db, { details = {}, ...entry }: AuditEntry): Promise<void> {
  await db.insert(auditEvents).values({ ...entry, details })
}

/** One page of entries, the latest first. */
export async function listAudit(db: Db, { actorId, subject, subjectId, after }: AuditQuery): Promise<AuditPage> {
  const found = await db
    .select({ ...getTableColumns(auditEvents), actor: users.displayName })
    .from(auditEvents)
    .leftJoin(users, eq(users.id, auditEvents.actorId))
    .where(
      and(
        actorId ? eq(auditEvents.actorId, actorId) : undefined,
        subject ? eq(auditEvents.subject, subject) : undefined,
        subjectId ? eq(auditEvents.subjectId, subjectId) : undefined,
        after ? before(after) : undefined,
      ),
    )
    .orderBy(desc(auditEvents.at), desc(auditEvents.id))
    .limit(PAGE + 1)
  const page = found.slice(0, PAGE) as (AuditEntry & (typeof found)[number])[]
  const names = await namesOf(db, page)
  const entries = page.map((entry) => ({ ...entry, subjectName: names.get(entry.subjectId) ?? null }))
  const last = found.length > PAGE ? entries.at(-1) : undefined
  return { entries, next: last ? `${last.at}_${last.id}` : null }
}

type Named = (db: Db, ids: string[]) => Promise<{ id: string; name: string }[]>

const naming: Partial<Record<AuditSubject, Named>> = {
  user: (db, ids) => db.select({ id: users.id, name: users.displayName }).from(users).where(inArray(users.id, ids)),
  course: (db, ids) => db.select({ id: courses.id, name: courses.title }).from(courses).where(inArray(courses.id, ids)),
  lesson: (db, ids) => db.select({ id: lessons.id, name: lessons.title }).from(lessons).where(inArray(lessons.id, ids)),
  membershipPlan: (db, ids) =>
    db
      .select({ id: membershipPlans.id, name: membershipPlans.title })
      .from(membershipPlans)
      .where(inArray(membershipPlans.id, ids)),
  coupon: (db, ids) => db.select({ id: coupons.id, name: coupons.code }).from(coupons).where(inArray(coupons.id, ids)),
  refund: (db, ids) =>
    db
      .select({ id: refunds.id, name: orders.orderNo })
      .from(refunds)
      .innerJoin(orders, eq(orders.id, refunds.orderId))
      .where(inArray(refunds.id, ids)),
}

async function namesOf(db: Db, entries: Pick<AuditEntry, 'subject' | 'subjectId'>[]): Promise<Map<string, string>> {
  const bySubject = Map.groupBy(entries, ({ subject }) => subject)
  const found = await Promise.all(
    [...bySubject].map(
      ([subject, those]) =>
        naming[subject]?.(
          db,
          those.map(({ subjectId }) => subjectId),
        ) ?? [],
    ),
  )
  return new Map(found.flat().map(({ id, name }) => [id, name]))
}

function before(cursor: string): SQL {
  const [, at, id] = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(cursor) ?? []
  if (!at || !id) throw new AppError('bad_request', 'after is not what an earlier page gave as next')
  return or(lt(auditEvents.at, Number(at)), and(eq(auditEvents.at, Number(at)), lt(auditEvents.id, id)))!
}
