/** Who did what with more than ordinary rights: written with what was done, in the same transaction, and never changed. */
import { and, desc, eq, getTableColumns, lt, or, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { auditEvents, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { AuditPage, AuditQuery } from './schema.ts'

const PAGE = 50

export type AuditEntry = {
  /** Null: the server itself. */
  actorId: string | null
  /** In the past tense, such as `refundApproved`. */
  action: string
  subject: string
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
  const entries = found.slice(0, PAGE)
  const last = found.length > PAGE ? entries.at(-1) : undefined
  return { entries, next: last ? `${last.at}_${last.id}` : null }
}

function before(cursor: string): SQL {
  const [, at, id] = /^(\d{1,16})_([0-9a-f-]{36})$/.exec(cursor) ?? []
  if (!at || !id) throw new AppError('bad_request', 'after is not what an earlier page gave as next')
  return or(lt(auditEvents.at, Number(at)), and(eq(auditEvents.at, Number(at)), lt(auditEvents.id, id)))!
}
