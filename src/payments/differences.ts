/** Comparisons with bills and what differed, page by page; people resolve it with a note. */
import { and, desc, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { reconciliationDifferences, reconciliations } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { SignedInUser } from '../http/auth.ts'
import { beyond, PAGE, pageOf } from './cursor.ts'
import type { PaymentsDeps } from './deps.ts'
import { beijingDay, DAY_MS, startOfBeijingDay } from './money.ts'
import type { Difference, DifferencePage, DifferenceQuery, Provider, ReconciliationPage } from './schema.ts'

const DAYS_LOOKED_BACK = 7

type Which = { after?: string; provider?: Provider; billDate?: string }

/** The latest first. */
export async function listReconciliations(db: Db, { after, provider, billDate }: Which): Promise<ReconciliationPage> {
  const found = await db
    .select({ row: reconciliations, openDifferences: sql<number>`count(${reconciliationDifferences.id})::int` })
    .from(reconciliations)
    .leftJoin(
      reconciliationDifferences,
      and(
        eq(reconciliationDifferences.reconciliationId, reconciliations.id),
        isNull(reconciliationDifferences.resolvedAt),
      ),
    )
    .where(
      and(
        provider ? eq(reconciliations.provider, provider) : undefined,
        billDate ? eq(reconciliations.billDate, billDate) : undefined,
        beyond(after, reconciliations.finishedAt, reconciliations.id),
      ),
    )
    .groupBy(reconciliations.id)
    .orderBy(desc(reconciliations.finishedAt), desc(reconciliations.id))
    .limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ row }) => ({ id: row.id, at: row.finishedAt }))
  return { reconciliations: page.map(({ row, openDifferences }) => ({ ...row, openDifferences })), next }
}

/** The days up to this one that no bill was compared for, oldest first. */
export async function openDays(db: Db, provider: Provider, last: string): Promise<string[]> {
  const end = startOfBeijingDay(last)
  const days = Array.from({ length: DAYS_LOOKED_BACK }, (_, back) => beijingDay(end - back * DAY_MS)).reverse()
  const done = await db
    .select({ billDate: reconciliations.billDate })
    .from(reconciliations)
    .where(and(eq(reconciliations.provider, provider), sql`${reconciliations.status} <> 'failed'`))
  return days.filter((day) => !done.some(({ billDate }) => billDate === day))
}

/** Those of the latest comparisons first. */
export async function listDifferences(db: Db, { filter, after }: DifferenceQuery): Promise<DifferencePage> {
  const open = filter === 'open' ? isNull(reconciliationDifferences.resolvedAt) : undefined
  const earlier = beyond(after, reconciliations.finishedAt, reconciliationDifferences.id)
  const found = await selectDifferences(db, and(open, earlier)).limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ id, finishedAt }) => ({ id, at: finishedAt }))
  return { differences: page.map(({ finishedAt: _, ...difference }) => difference), next }
}

export async function resolveDifference(
  { db, now }: PaymentsDeps,
  operator: Pick<SignedInUser, 'id'>,
  differenceId: string,
  note: string,
): Promise<Difference> {
  const at = now()
  await db.transaction(async (tx) => {
    const { id, resolvedAt } = reconciliationDifferences
    const [resolved] = await tx
      .update(reconciliationDifferences)
      .set({ resolvedAt: at, resolvedBy: operator.id, note })
      .where(and(eq(id, differenceId), isNull(resolvedAt)))
      .returning({ id, number: reconciliationDifferences.number })
    if (!resolved) return
    const details = { number: resolved.number, note }
    const what = { action: 'differenceResolved', subject: 'difference', subjectId: differenceId } as const
    await record(tx, { actorId: operator.id, ...what, details, at })
  })
  const [found] = await selectDifferences(db, eq(reconciliationDifferences.id, differenceId))
  if (!found) throw new AppError('not_found', 'there is no such difference')
  const { finishedAt: _, ...difference } = found
  return difference
}

const selectDifferences = (db: Db, where: SQL | undefined) =>
  db
    .select({
      id: reconciliationDifferences.id,
      provider: reconciliations.provider,
      billDate: reconciliations.billDate,
      finishedAt: reconciliations.finishedAt,
      kind: reconciliationDifferences.kind,
      about: reconciliationDifferences.about,
      number: reconciliationDifferences.number,
      providerTxn: reconciliationDifferences.providerTxn,
      oursFen: reconciliationDifferences.oursFen,
      theirsFen: reconciliationDifferences.theirsFen,
      resolvedAt: reconciliationDifferences.resolvedAt,
      note: reconciliationDifferences.note,
    })
    .from(reconciliationDifferences)
    .innerJoin(reconciliations, eq(reconciliations.id, reconciliationDifferences.reconciliationId))
    .where(where)
    .orderBy(desc(reconciliations.finishedAt), desc(reconciliationDifferences.id))
    .$dynamic()
