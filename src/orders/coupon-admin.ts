/** Operators make coupons, look at them and end them. */
import { and, desc, eq, getTableColumns, ilike } from 'drizzle-orm'
import { coupons, courses, membershipPlans } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { SignedInUser } from '../http/auth.ts'
import { beyond, PAGE, pageOf } from '../payments/cursor.ts'
import type { OrdersDeps } from './order.ts'
import type { Coupon, CouponChange, CouponPage, CouponQuery, NewCoupon } from './schema.ts'

type Operator = Pick<SignedInUser, 'id'>

export async function listCoupons({ db }: OrdersDeps, { search, after }: CouponQuery): Promise<CouponPage> {
  const pattern = search && `%${search.replaceAll('_', '\\_')}%`
  const found = await db
    .select({ ...getTableColumns(coupons), courseTitle: courses.title, planTitle: membershipPlans.title })
    .from(coupons)
    .leftJoin(courses, eq(courses.id, coupons.courseId))
    .leftJoin(membershipPlans, eq(membershipPlans.id, coupons.planId))
    .where(and(pattern ? ilike(coupons.code, pattern) : undefined, beyond(after, coupons.createdAt, coupons.id)))
    .orderBy(desc(coupons.createdAt), desc(coupons.id))
    .limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ id, createdAt }) => ({ id, at: createdAt }))
  const listed = page.map(({ courseTitle, planTitle, ...coupon }) => ({
    ...coupon,
    scopeTitle: courseTitle ?? planTitle,
  }))
  return { coupons: listed, next }
}

export async function createCoupon(deps: OrdersDeps, operator: Operator, coupon: NewCoupon): Promise<Coupon> {
  await checkCoupon(deps, coupon)
  const at = deps.now()
  return deps.db.transaction(async (tx) => {
    const [made] = await tx
      .insert(coupons)
      .values({
        code: coupon.code.toUpperCase(),
        kind: coupon.kind,
        value: coupon.value,
        courseId: coupon.courseId ?? null,
        planId: coupon.planId ?? null,
        minimumFen: coupon.minimumFen ?? 0,
        maximumUses: coupon.maximumUses ?? null,
        startsAt: coupon.startsAt ?? at,
        endsAt: coupon.endsAt ?? null,
        createdAt: at,
      })
      .onConflictDoNothing()
      .returning()
    if (!made) throw new AppError('conflict', 'there is a coupon with this code')
    const { id: subjectId, code } = made
    await record(tx, {
      actorId: operator.id,
      action: 'couponCreated',
      subject: 'coupon',
      subjectId,
      details: { code },
      at,
    })
    return made
  })
}

async function checkCoupon({ db, now }: OrdersDeps, coupon: NewCoupon): Promise<void> {
  const { kind, value, courseId, planId, endsAt, startsAt } = coupon
  if (kind === 'percent' && value > 100) throw new AppError('bad_request', 'more than 100 percent')
  if (courseId && planId) throw new AppError('bad_request', 'for a course or for a membership, not both')
  if (endsAt && endsAt <= Math.max(startsAt ?? 0, now())) throw new AppError('bad_request', 'endsAt is too early')
  if (courseId && (await db.$count(courses, eq(courses.id, courseId))) === 0)
    throw new AppError('not_found', 'there is no such course')
  if (planId && (await db.$count(membershipPlans, eq(membershipPlans.id, planId))) === 0)
    throw new AppError('not_found', 'there is no such membership')
}

/** What was promised stays: a coupon can be ended or given out more often, not changed. */
export async function changeCoupon(
  deps: OrdersDeps,
  operator: Operator,
  couponId: string,
  change: CouponChange,
): Promise<Coupon> {
  const at = deps.now()
  const { maximumUses, endsAt, disabled } = change
  const set = {
    ...(maximumUses !== undefined && { maximumUses }),
    ...(endsAt !== undefined && { endsAt }),
    ...(disabled !== undefined && { disabledAt: disabled ? at : null }),
  }
  return deps.db.transaction(async (tx) => {
    const [coupon] = await tx.select().from(coupons).where(eq(coupons.id, couponId)).for('update')
    if (!coupon) throw new AppError('not_found', 'there is no such coupon')
    if (maximumUses != null && maximumUses < coupon.uses)
      throw new AppError('conflict', `this coupon has been used ${coupon.uses} times`)
    if (Object.keys(set).length === 0) return coupon
    const [changed] = await tx.update(coupons).set(set).where(eq(coupons.id, couponId)).returning()
    const details = { code: coupon.code, ...change }
    await record(tx, {
      actorId: operator.id,
      action: 'couponChanged',
      subject: 'coupon',
      subjectId: couponId,
      details,
      at,
    })
    return changed!
  })
}
