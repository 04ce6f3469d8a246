/** What must hold of orders and books once everything has come to rest. */
import assert from 'node:assert/strict'
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import { entitlements, ledgerEntries, orders, paymentAttempts, refunds } from '../../db/schema.ts'
import type { FakeProvider } from '../support/fake-provider.ts'
import type { Store } from '../support/store.ts'

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

/** Nothing is lost and nothing is invented: the books say what the providers have, and to whom it belongs. */
export async function checkBooks({ db, balance, wechat, alipay }: Store): Promise<void> {
  const [all] = await db
    .select({ sum: sql<number>`coalesce(sum(${ledgerEntries.amountFen}), 0)::float8` })
    .from(ledgerEntries)
  assert.equal(all!.sum, 0, 'the books balance')
  for (const fake of [wechat, alipay])
    assert.equal(await balance(`asset:${fake.provider.name}`), heldBy(fake), `what ${fake.provider.name} holds`)
  const [sold] = await db
    .select({ fen: sql<number>`coalesce(sum(${orders.payableFen} - ${orders.refundedFen}), 0)::float8` })
    .from(orders)
    .where(inArray(orders.status, ['paid', 'refunding', 'partially_refunded', 'refunded']))
  assert.equal(await balance('liability:deferred'), -sold!.fen || 0, 'what buyers have paid for')
  const [waiting] = await db
    .select({ fen: sql<number>`coalesce(sum(${refunds.amountFen}), 0)::float8` })
    .from(refunds)
    .where(and(eq(refunds.cause, 'amount_mismatch'), eq(refunds.status, 'requested')))
  assert.equal(await balance('liability:to_refund'), -waiting!.fen || 0, 'what waits for a person')
}

function heldBy({ trades, refunds }: FakeProvider): number {
  const paid = [...trades.values()].map(({ status, amountFen }) => (status === 'paid' ? amountFen : 0))
  const back = [...refunds.values()].map(({ status, order }) => (status === 'succeeded' ? order.amountFen : 0))
  return sum(paid) - sum(back)
}

/** Gives how each order ended, and what else befell it. */
export async function checkOrders(store: Store, ids: string[]): Promise<string[]> {
  const { db } = store
  const [rows, attempts, back, rights] = await Promise.all([
    db.select().from(orders).where(inArray(orders.id, ids)),
    db.select().from(paymentAttempts).where(inArray(paymentAttempts.orderId, ids)),
    db.select().from(refunds).where(inArray(refunds.orderId, ids)),
    db
      .select()
      .from(entitlements)
      .where(and(inArray(entitlements.orderId, ids), isNull(entitlements.revokedAt))),
  ])
  return rows.flatMap((order) => {
    const of = <T extends { orderId: string | null }>(all: T[]) => all.filter(({ orderId }) => orderId === order.id)
    return checkOrder(store, { order, attempts: of(attempts), back: of(back), rights: of(rights) })
  })
}

type Facts = {
  order: typeof orders.$inferSelect
  attempts: (typeof paymentAttempts.$inferSelect)[]
  back: (typeof refunds.$inferSelect)[]
  rights: object[]
}

function checkOrder({ wechat, alipay }: Store, { order, attempts, back, rights }: Facts): string[] {
  const { status, orderNo, payableFen, refundedFen } = order
  const kept = status === 'paid' || status === 'partially_refunded'
  assert.ok(kept || status === 'closed' || status === 'refunded', `${orderNo} is ${status} in the end`)
  assert.equal(rights.length, kept ? 1 : 0, `${orderNo} is ${status}: paid is the same as entitled`)
  const settling = attempts.filter(({ role }) => role === 'settling')
  assert.equal(settling.length, status === 'closed' ? 0 : 1, `${orderNo}: one attempt settles what is paid`)
  assert.ok(
    attempts.every((each) => !['created', 'pending', 'closing'].includes(each.status)),
    `${orderNo}: none can be paid`,
  )
  for (const attempt of attempts) {
    const trade = { wechat, alipay }[attempt.provider].trades.get(attempt.outTradeNo)
    assert.equal(attempt.status === 'succeeded', trade?.status === 'paid', `${orderNo}: every payment is known`)
  }
  const surplus = attempts.filter(({ role }) => role === 'surplus')
  const automatic = back.filter(({ cause }) => cause !== 'requested' && cause !== 'operator')
  assert.deepEqual(
    automatic.map(({ attemptId }) => attemptId).sort(),
    surplus.map(({ id }) => id).sort(),
    'one refund each',
  )
  for (const { cause, status } of automatic)
    assert.equal(status, cause === 'amount_mismatch' ? 'requested' : 'succeeded', `${orderNo}: ${cause}`)
  const wished = back.filter((each) => !automatic.includes(each) && each.status === 'succeeded')
  assert.equal(sum(wished.map(({ amountFen }) => amountFen)), refundedFen, `${orderNo}: what went back`)
  assert.equal(refundedFen === payableFen, status === 'refunded', `${orderNo}: all of it`)
  const mismatch = automatic.some(({ cause }) => cause === 'amount_mismatch')
  return [status, ...(surplus.length > 0 ? ['surplus'] : []), ...(mismatch ? ['mismatch'] : [])]
}
