import { randomUUID } from 'node:crypto'
import t from 'tap'
import { users } from '../../db/schema.ts'
import { listAudit, record } from '../../src/audit/audit.ts'
import { openTestDatabase } from '../support/database.ts'

const db = await openTestDatabase(t)
const order = () =>
  ({ actorId: randomUUID(), action: 'refundApproved', subject: 'refund', subjectId: randomUUID() }) as const

t.test('an entry comes back as it was written', async (t) => {
  const entry = { ...order(), at: 1, details: { amountFen: 100 } }
  await record(db, entry)
  t.match((await listAudit(db, { subjectId: entry.subjectId })).entries, [entry])
})

t.test('what has a name is called by it, for as long as it is there', async (t) => {
  const [user] = await db
    .insert(users)
    .values({ username: 'ann', displayName: 'Ann', createdAt: 1 })
    .returning({ id: users.id })
  const actorId = randomUUID()
  await record(db, { actorId, action: 'userBanned', subject: 'user', subjectId: user!.id, at: 3 })
  await record(db, { actorId, action: 'userBanned', subject: 'user', subjectId: randomUUID(), at: 4 })
  await record(db, { actorId, action: 'alarmSeen', subject: 'alarm', subjectId: randomUUID(), at: 5 })
  const { entries } = await listAudit(db, { actorId })
  t.strictSame(
    entries.map(({ subjectName }) => subjectName),
    [null, null, 'Ann'],
  )
})

t.test('what a transaction that fails did is not in the log', async (t) => {
  const entry = { ...order(), at: 2 }
  const doomed = db.transaction(async (tx) => {
    await record(tx, entry)
    throw new Error('no')
  })
  await t.rejects(doomed, { message: 'no' })
  t.strictSame((await listAudit(db, { subjectId: entry.subjectId })).entries, [])
})

t.test('entries come page by page, the latest first, each once', async (t) => {
  const subjectId = randomUUID()
  for (let at = 0; at < 60; at++) await record(db, { ...order(), subjectId, at: at >> 1 })
  const first = await listAudit(db, { subjectId })
  const second = await listAudit(db, { subjectId, after: first.next! })
  const all = [...first.entries, ...second.entries]
  t.equal(second.next, null)
  t.equal(new Set(all.map(({ id }) => id)).size, 60)
  t.strictSame(
    all.map(({ at }) => at),
    all.map(({ at }) => at).sort((a, b) => b - a),
  )
})

t.test('a cursor that no page gave is refused', async (t) => {
  await t.rejects(listAudit(db, { after: "0_' or true" }), { code: 'bad_request' })
})
