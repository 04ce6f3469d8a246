/** Money that a person must look at, until somebody says that they have. */
import { and, desc, eq, isNull, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { providerEvents } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { SignedInUser } from '../http/auth.ts'
import { beyond, PAGE, pageOf } from './cursor.ts'
import type { PaymentsDeps } from './deps.ts'
import type { Alarm, AlarmPage, AlarmQuery } from './schema.ts'

export async function listAlarms(db: Db, { filter, after }: AlarmQuery): Promise<AlarmPage> {
  const open = filter === 'open' ? isNull(providerEvents.seenAt) : undefined
  const found = await selectAlarms(db, and(open, beyond(after, providerEvents.receivedAt, providerEvents.id))).limit(
    PAGE + 1,
  )
  const { page, next } = pageOf(found, ({ id, receivedAt }) => ({ id, at: receivedAt }))
  return { alarms: page, next }
}

export async function seeAlarm(
  { db, now }: PaymentsDeps,
  operator: Pick<SignedInUser, 'id'>,
  alarmId: string,
): Promise<Alarm> {
  const at = now()
  await db.transaction(async (tx) => {
    const [seen] = await tx
      .update(providerEvents)
      .set({ seenAt: at, seenBy: operator.id })
      .where(and(eq(providerEvents.id, alarmId), eq(providerEvents.alarm, true), isNull(providerEvents.seenAt)))
      .returning({ outTradeNo: providerEvents.outTradeNo })
    if (!seen) return
    const what = { action: 'alarmSeen', subject: 'alarm', subjectId: alarmId, details: seen } as const
    await record(tx, { actorId: operator.id, ...what, at })
  })
  const [alarm] = await selectAlarms(db, eq(providerEvents.id, alarmId))
  if (!alarm) throw new AppError('not_found', 'there is no such alarm')
  return alarm
}

const selectAlarms = (db: Db, where: SQL | undefined) =>
  db
    .select({
      id: providerEvents.id,
      provider: providerEvents.provider,
      kind: providerEvents.kind,
      outTradeNo: providerEvents.outTradeNo,
      outRefundNo: providerEvents.outRefundNo,
      providerTxn: providerEvents.providerTxn,
      amountFen: providerEvents.amountFen,
      source: providerEvents.source,
      outcome: providerEvents.outcome,
      receivedAt: providerEvents.receivedAt,
      seenAt: providerEvents.seenAt,
    })
    .from(providerEvents)
    .where(and(eq(providerEvents.alarm, true), where))
    .orderBy(desc(providerEvents.receivedAt), desc(providerEvents.id))
    .$dynamic()
