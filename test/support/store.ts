/** The business side with something to sell: orders, two providers and background work, all under a test's control. */
import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  courses,
  entitlements,
  ledgerEntries,
  membershipPlans,
  orders as ordersTable,
  paymentAttempts,
  refunds,
} from '../../db/schema.ts'
import type { BusMessages } from '../../signaling/ports.ts'
import type { SignedInUser } from '../../src/http/auth.ts'
import { readAgreement } from '../../src/orders/agreement.ts'
import { createOrders, type OrdersDeps } from '../../src/orders/service.ts'
import { sweep } from '../../src/orders/sweep.ts'
import { createPayments } from '../../src/payments/service.ts'
import { createBusiness, standingClock, type TestClock } from './business.ts'
import { createFakeJobs } from './fake-jobs.ts'
import { createFakeProvider } from './fake-provider.ts'

export const SECOND_PERSON_FEN = 50_000
export const agreement = readAgreement()

export type Store = Awaited<ReturnType<typeof createStore>>

export async function createStore(db: Db, change: Partial<OrdersDeps> = {}, clock: TestClock = standingClock()) {
  const business = createBusiness(db, clock)
  const { now, bus } = business
  const jobs = await createFakeJobs(db, now)
  const wechat = createFakeProvider('wechat', now)
  const alipay = createFakeProvider('alipay', now)
  const openids = new Map<string, string>()
  const alarms: object[] = []
  const changed: BusMessages['orderChanged'][] = []
  bus.subscribe('orderChanged', (message) => changed.push(message))

  const deps: OrdersDeps = {
    db,
    jobs,
    bus,
    now,
    log: { info: () => {}, warn: () => {}, error: (details: object) => void alarms.push(details) } as OrdersDeps['log'],
    providers: [wechat.provider, alipay.provider],
    openidOf: async (userId) => openids.get(userId) ?? null,
    agreement,
    publicUrl: 'https://class.example.com',
    orderTtlMinutes: 30,
    refundSecondPersonFen: SECOND_PERSON_FEN,
    ...change,
  }
  const orders = createOrders(deps)
  const { log, providers } = deps
  const payments = createPayments({ db, jobs, log, now, providers, settlement: orders })
  await orders.work()
  await payments.work()
  const teacher = await business.person('teacher')

  const one = async <T>(rows: Promise<T[]>): Promise<T> => (await rows)[0]!
  return {
    ...business,
    deps,
    jobs,
    wechat,
    alipay,
    openids,
    alarms,
    changed,
    orders,
    payments,
    sweep: () => sweep(deps),
    teacher,
    /** A published course of the store's teacher. */
    course: (priceFen = 19_900, set: Partial<typeof courses.$inferInsert> = {}) =>
      one(
        db
          .insert(courses)
          .values({
            teacherId: teacher.id,
            title: 'Light',
            priceFen,
            createdAt: 1,
            updatedAt: 1,
            status: 'published',
            ...set,
          })
          .returning(),
      ),
    plan: (priceFen = 9_900, set: Partial<typeof membershipPlans.$inferInsert> = {}) =>
      one(
        db
          .insert(membershipPlans)
          .values({ title: 'All year', priceFen, days: 365, allCourses: true, onSale: true, createdAt: 1, ...set })
          .returning(),
      ),
    order: (user: Pick<SignedInUser, 'id'>, courseId: string, couponCode?: string) =>
      orders.create(
        user,
        { courseId, agreementVersion: agreement.version, ...(couponCode && { couponCode }) },
        randomUUID(),
      ),
    row: (orderId: string) => one(db.select().from(ordersTable).where(eq(ordersTable.id, orderId))),
    attempts: (orderId: string) =>
      db.select().from(paymentAttempts).where(eq(paymentAttempts.orderId, orderId)).orderBy(paymentAttempts.createdAt),
    refundsOf: (orderId: string) => db.select().from(refunds).where(eq(refunds.orderId, orderId)),
    /** Of a person, those that hold. */
    rights: (userId: string) =>
      db
        .select()
        .from(entitlements)
        .where(sql`${entitlements.userId} = ${userId} and ${entitlements.revokedAt} is null`),
    async balance(account: string): Promise<number> {
      const [row] = await db
        .select({ sum: sql<number>`coalesce(sum(${ledgerEntries.amountFen}), 0)::float8` })
        .from(ledgerEntries)
        .where(eq(ledgerEntries.account, account))
      return row!.sum
    },
  }
}
