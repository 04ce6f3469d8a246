/** What the database refuses, whoever asks; run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import type { Db } from '../../db/client.ts'
import {
  auditEvents,
  courses,
  ledgerEntries,
  ledgerTransactions,
  orderEvents,
  orders,
  paymentAttempts,
  refunds,
  users,
} from '../../db/schema.ts'

type OrderRow = typeof orders.$inferInsert

export async function moneyRulesSuite(t: Test, db: Db) {
  const [buyer] = await db
    .insert(users)
    .values({ username: `buyer-${randomUUID().slice(0, 8)}`, displayName: 'B', passwordHash: '-', createdAt: 1 })
    .returning()

  const order = async (change: Partial<OrderRow> = {}) => {
    const [course] = await db
      .insert(courses)
      .values({ teacherId: buyer!.id, title: 'C', createdAt: 1, updatedAt: 1 })
      .returning()
    const amounts = { listFen: 19900, payableFen: 19900 }
    const dates = { consentedAt: 1, expiresAt: 2, createdAt: 1 }
    const [made] = await db
      .insert(orders)
      .values({
        orderNo: randomUUID(),
        userId: buyer!.id,
        courseId: course!.id,
        title: 'C',
        agreementVersion: '1',
        ...amounts,
        ...dates,
        ...change,
      })
      .returning()
    return made!
  }

  const attempt = async (orderId: string, change: Partial<typeof paymentAttempts.$inferInsert> = {}) => {
    const numbers = { channel: 'wechat_native', provider: 'wechat', outTradeNo: randomUUID() } as const
    const [made] = await db
      .insert(paymentAttempts)
      .values({ orderId, ...numbers, amountFen: 19900, payer: {}, expiresAt: 2, createdAt: 1, ...change })
      .returning()
    return made!
  }

  const book = (kind: 'payment' | 'refund', reference: string, entries: [string, number][]) =>
    db.transaction(async (tx) => {
      const [transaction] = await tx.insert(ledgerTransactions).values({ kind, reference, at: 1 }).returning()
      for (const [account, amountFen] of entries)
        await tx.insert(ledgerEntries).values({ transactionId: transaction!.id, account, amountFen })
    })

  /** What is refused when the transaction ends comes without Drizzle's wrapping. */
  const refused = async (promise: Promise<unknown>, about: string) => {
    const error = await promise.then(
      () => undefined,
      (error: { code?: string; cause?: { code?: string } }) => error,
    )
    t.match(error?.cause?.code ?? error?.code, /^23/, about)
  }
  const setOrder = (id: string, change: Partial<OrderRow>) => db.update(orders).set(change).where(eq(orders.id, id))

  t.test('an order only moves as the plan says, and counts its moves', async (t) => {
    const { id } = await order()
    await refused(setOrder(id, { status: 'refunded' }), 'pending, refunded')
    await setOrder(id, { status: 'paying' })
    await refused(setOrder(id, { status: 'pending' }), 'paying, pending')
    await setOrder(id, { status: 'closed', version: 40 })
    const [row] = await db.select().from(orders).where(eq(orders.id, id))
    t.equal(row!.version, 2)
    for (const status of ['pending', 'paying', 'paid', 'refunding'] as const)
      await refused(setOrder(id, { status }), `closed, ${status}`)
  })

  t.test('what was agreed in an order cannot be changed', async () => {
    const { id } = await order()
    await refused(setOrder(id, { payableFen: 1, listFen: 1 }), 'the price')
    await refused(setOrder(id, { userId: randomUUID() }), 'the buyer')
    await refused(setOrder(id, { orderNo: 'x' }), 'the number')
  })

  t.test('an order is paid by its own attempt, with all that it costs', async (t) => {
    const { id } = await order()
    await refused(setOrder(id, { status: 'paid' }), 'by nothing')
    const other = await attempt((await order()).id, {
      status: 'succeeded',
      role: 'settling',
      providerTxn: randomUUID(),
    })
    await refused(setOrder(id, { status: 'paid', paidAttemptId: other.id }), 'by the attempt of another order')
    const short = await attempt(id, { amountFen: 1, status: 'succeeded', role: 'settling', providerTxn: randomUUID() })
    await refused(setOrder(id, { status: 'paid', paidAttemptId: short.id }), 'by too little')
    const twice = await order()
    const surplus = await attempt(twice.id, { status: 'succeeded', role: 'surplus', providerTxn: randomUUID() })
    await refused(setOrder(twice.id, { status: 'paid', paidAttemptId: surplus.id }), 'by money that goes back')
    const free = await order({ listFen: 0, payableFen: 0 })
    await t.resolves(setOrder(free.id, { status: 'paid' }), 'what is free needs no payment')
  })

  t.test('one attempt settles an order, and stays the one it was', async () => {
    const { id } = await order()
    const paid = { status: 'succeeded', role: 'settling' } as const
    const first = await attempt(id, { ...paid, providerTxn: randomUUID() })
    await refused(attempt(id, { ...paid, providerTxn: randomUUID(), channel: 'wechat_h5' }), 'a second one')
    const change = (set: object) => db.update(paymentAttempts).set(set).where(eq(paymentAttempts.id, first.id))
    await refused(change({ providerTxn: randomUUID() }), 'another transaction')
    await refused(change({ role: 'surplus' }), 'another role')
    await refused(change({ status: 'closed' }), 'closed after all')
    await refused(change({ amountFen: 1 }), 'another amount')
  })

  t.test('no more goes back than came in', async (t) => {
    const { id } = await order()
    const providerTxn = randomUUID()
    const { id: attemptId } = await attempt(id, { status: 'succeeded', role: 'settling', providerTxn })
    const back = (amountFen: number, status: 'succeeded' | 'failed' | 'rejected' = 'succeeded') => {
      const number = { outRefundNo: randomUUID(), cause: 'requested', status } as const
      return db.insert(refunds).values({ orderId: id, attemptId, amountFen, createdAt: 1, ...number })
    }
    await refused(back(1), 'of money that is not in the books')
    await book('payment', `wechat:${providerTxn}`, [
      ['asset:wechat', 19900],
      ['liability:deferred', -19900],
    ])
    for (const status of ['failed', 'rejected'] as const) await back(19900, status)
    await back(19000)
    await refused(back(901), 'more than is left')
    await t.resolves(back(900))
    await refused(setOrder(id, { refundedFen: 19901 }), 'more than the order cost')
  })

  t.test('a refund only moves as the plan says', async () => {
    const { id } = await order()
    const [made] = await db
      .insert(refunds)
      .values({
        orderId: id,
        outRefundNo: randomUUID(),
        amountFen: 0,
        cause: 'operator',
        status: 'requested',
        createdAt: 1,
      })
      .returning()
    const change = (set: object) => db.update(refunds).set(set).where(eq(refunds.id, made!.id))
    await refused(change({ status: 'succeeded' }), 'before anyone approved it')
    await change({ status: 'rejected' })
    await refused(change({ status: 'approved' }), 'after it was rejected')
    await refused(change({ approvedBy: buyer!.id, secondedBy: buyer!.id }), 'the same person twice')
  })

  t.test('the books balance, and a thing is booked once', async (t) => {
    const reference = randomUUID()
    await refused(book('payment', reference, [['asset:wechat', 5]]), 'one-sided')
    const entries: [string, number][] = [
      ['asset:wechat', 5],
      ['liability:deferred', -5],
    ]
    await t.resolves(book('payment', reference, entries))
    await refused(book('payment', reference, entries), 'twice')
  })

  t.test('the books and the histories are only added to', async () => {
    const { id } = await order()
    await db.insert(orderEvents).values({ orderId: id, actor: 'x', cause: 'x', at: 1 })
    await db.insert(auditEvents).values({ at: 1, action: 'x', subject: 'x', subjectId: 'x', details: {} })
    for (const table of [ledgerEntries, ledgerTransactions, orderEvents, auditEvents])
      await refused(db.delete(table), 'deleted')
    await refused(db.update(ledgerEntries).set({ amountFen: 1 }), 'an entry')
    await refused(db.update(ledgerTransactions).set({ at: 2 }), 'a transaction')
    await refused(db.update(orderEvents).set({ cause: 'y' }), 'the history of an order')
    await refused(db.update(auditEvents).set({ action: 'y' }), 'who did what')
  })
}
