/** What must hold of orders and books once everything has come to rest. */
import assert from 'node:assert/strict'
import { and, eq, inArray, isNull, like, sql } from 'drizzle-orm'
import { entitlements, ledgerEntries, ledgerTransactions, orders, paymentAttempts, refunds } from '../../db/schema.ts'
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
  assert.equal(await balance('liability:to_refund'), 0, 'nothing is here that is not ours')
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
  const booked = await bookedUnder(db, [...attempts.map(referenceOf), ...back.map(({ outRefundNo }) => outRefundNo)])
  assert.equal(rows.length, ids.length, 'no order is lost')
  return rows.flatMap((order) => {
    const of = <T extends { orderId: string | null }>(all: T[]) => all.filter(({ orderId }) => orderId === order.id)
    const facts = { order, attempts: of(attempts), back: of(back), rights: of(rights) }
    try {
      checkMoney(store, facts, booked)
      return checkOrder(facts)
    } catch (error) {
      throw new BrokenOrder(ids.indexOf(order.id), facts, { cause: error })
    }
  })
}

/** Which of the orders it was, and all that is known of it. */
export class BrokenOrder extends Error {
  readonly index: number

  constructor(index: number, facts: Facts, options: ErrorOptions) {
    super(JSON.stringify(facts, null, 2), options)
    this.index = index
  }
}

type Facts = {
  order: typeof orders.$inferSelect
  attempts: (typeof paymentAttempts.$inferSelect)[]
  back: (typeof refunds.$inferSelect)[]
  rights: object[]
}
type Booked = Map<string, number[]>

const referenceOf = ({ provider, providerTxn }: Pick<Facts['attempts'][number], 'provider' | 'providerTxn'>) =>
  `${provider}:${providerTxn}`

/** What was booked as coming in, or below zero as going out, under each of these references. */
async function bookedUnder(db: Store['db'], references: string[]): Promise<Booked> {
  const entries = await db
    .select({ reference: ledgerTransactions.reference, amountFen: ledgerEntries.amountFen })
    .from(ledgerTransactions)
    .innerJoin(ledgerEntries, eq(ledgerEntries.transactionId, ledgerTransactions.id))
    .where(and(inArray(ledgerTransactions.reference, references), like(ledgerEntries.account, 'asset:%')))
  const booked: Booked = new Map()
  for (const { reference, amountFen } of entries) booked.set(reference, [...(booked.get(reference) ?? []), amountFen])
  return booked
}

/** Each payment and each refund of the providers is known and booked, once, with its amount; and no others are. */
function checkMoney({ wechat, alipay }: Store, { attempts, back }: Facts, booked: Booked): void {
  for (const attempt of attempts) {
    const trade = { wechat, alipay }[attempt.provider].trades.get(attempt.outTradeNo)
    const paid = trade?.status === 'paid' ? trade : undefined
    assert.equal(attempt.status === 'succeeded', paid !== undefined, 'every payment is known')
    assert.equal(attempt.providerTxn, paid?.txn ?? null, 'under its number at the provider')
    assert.deepEqual(booked.get(referenceOf(attempt)), paid && [paid.amountFen], 'and booked once')
  }
  for (const { outRefundNo, status, amountFen } of back) {
    const theirs = wechat.refunds.get(outRefundNo) ?? alipay.refunds.get(outRefundNo)
    assert.equal(status === 'succeeded', theirs?.status === 'succeeded', 'every refund is known')
    const expected = theirs?.status === 'succeeded' ? [-theirs.order.amountFen] : undefined
    assert.deepEqual(booked.get(outRefundNo), expected, 'and booked once')
    if (theirs) assert.equal(amountFen, theirs.order.amountFen)
  }
}

function checkOrder({ order, attempts, back, rights }: Facts): string[] {
  const { status, payableFen, refundedFen } = order
  const kept = status === 'paid' || status === 'partially_refunded'
  assert.ok(kept || status === 'closed' || status === 'refunded', `it is ${status} in the end`)
  assert.equal(rights.length, kept ? 1 : 0, `it is ${status}: paid is the same as entitled`)
  const settling = attempts.filter(({ role }) => role === 'settling')
  assert.deepEqual(
    settling.map(({ id, amountFen }) => [id, amountFen]),
    status === 'closed' ? [] : [[order.paidAttemptId, payableFen]],
    'one attempt settles what is paid, in full',
  )
  assert.ok(
    attempts.every((each) => !['created', 'pending', 'closing'].includes(each.status)),
    'none can be paid',
  )
  const surplus = attempts.filter(({ role }) => role === 'surplus')
  const automatic = back.filter(({ cause }) => cause !== 'requested' && cause !== 'operator')
  assert.deepEqual(
    automatic.map(({ attemptId, status }) => `${attemptId} ${status}`).sort(),
    surplus.map(({ id }) => `${id} succeeded`).sort(),
    'every surplus went back, once',
  )
  const wished = back.filter((each) => !automatic.includes(each) && each.status === 'succeeded')
  assert.equal(sum(wished.map(({ amountFen }) => amountFen)), refundedFen, 'what went back of the order itself')
  assert.equal(refundedFen === payableFen, status === 'refunded', 'all of it')
  return [status, ...automatic.map(({ cause }) => cause), ...wished.map(({ cause }) => cause)]
}
