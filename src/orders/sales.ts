/** What a teacher has sold: totals by day and by course, and every sale as a table. Free orders count, as nothing. */
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import { courses, orders, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { csvTable } from '../http/csv.ts'
import { beijingDay, beijingTime, DAY_MS, startOfBeijingDay, yuanOf } from '../payments/money.ts'
import type { OrdersDeps } from './order.ts'
import type { Sales, SalesQuery } from './schema.ts'

const LONGEST_DAYS = 366
const MOST_ROWS = 50_000
const BEIJING_MS = 8 * 60 * 60 * 1000

type Teacher = Pick<SignedInUser, 'id'>

export async function salesOf({ db }: OrdersDeps, teacher: Teacher, query: SalesQuery): Promise<Sales> {
  const where = sold(teacher, query)
  const sums = {
    orders: sql<number>`count(*)::int`,
    paidFen: sql<number>`coalesce(sum(${orders.payableFen}), 0)::float8`,
    refundedFen: sql<number>`coalesce(sum(${orders.refundedFen}), 0)::float8`,
  }
  const day = sql<number>`((${orders.paidAt} + ${BEIJING_MS}::bigint) / ${DAY_MS}::bigint)::int`
  const [[total], days, byCourse] = await Promise.all([
    db.select(sums).from(orders).innerJoin(courses, eq(courses.id, orders.courseId)).where(where),
    db
      .select({ day: day.as('day'), ...sums })
      .from(orders)
      .innerJoin(courses, eq(courses.id, orders.courseId))
      .where(where)
      .groupBy(sql`1`)
      .orderBy(sql`1`),
    db
      .select({ courseId: courses.id, title: courses.title, ...sums })
      .from(orders)
      .innerJoin(courses, eq(courses.id, orders.courseId))
      .where(where)
      .groupBy(courses.id)
      .orderBy(sql`4 desc`, asc(courses.title)),
  ])
  return {
    total: total!,
    days: days.map(({ day: number, ...rest }) => ({ day: beijingDay(number * DAY_MS), ...rest })),
    courses: byCourse,
  }
}

export async function salesTable({ db }: OrdersDeps, teacher: Teacher, query: SalesQuery): Promise<string> {
  const rows = await db
    .select({ order: orders, course: courses.title, buyer: users.displayName })
    .from(orders)
    .innerJoin(courses, eq(courses.id, orders.courseId))
    .innerJoin(users, eq(users.id, orders.userId))
    .where(sold(teacher, query))
    .orderBy(asc(orders.paidAt))
    .limit(MOST_ROWS)
  const head = [
    '订单号 Order',
    '课程 Course',
    '学员 Learner',
    '支付时间 Paid at',
    '实付 Paid',
    '已退 Refunded',
    '状态 Status',
  ]
  const lines = rows.map(({ order, course, buyer }) => [
    `\t${order.orderNo}`,
    course,
    buyer,
    beijingTime(order.paidAt!),
    yuanOf(order.payableFen),
    yuanOf(order.refundedFen),
    order.status,
  ])
  return csvTable([head, ...lines])
}

function sold(teacher: Teacher, { from, to }: SalesQuery) {
  const [start, end] = [startOfBeijingDay(from), startOfBeijingDay(to) + DAY_MS]
  if (!(start < end && end - start <= LONGEST_DAYS * DAY_MS))
    throw new AppError('bad_request', `from and to are days, in order, at most ${LONGEST_DAYS} of them`)
  return and(eq(courses.teacherId, teacher.id), gte(orders.paidAt, start), lt(orders.paidAt, end))
}
