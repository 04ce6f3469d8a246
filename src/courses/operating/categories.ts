/** The categories, as operators arrange them. */
import { eq, max } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { categories } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { record } from '../../audit/audit.ts'
import type { Viewer } from '../lesson.ts'
import type { Category, CategoryChange, NewCategory } from '../schema.ts'

export type OperatingDeps = { db: Db; now: () => number }

const columns = { id: categories.id, slug: categories.slug, nameZh: categories.nameZh, nameEn: categories.nameEn }

export async function addCategory({ db, now }: OperatingDeps, user: Viewer, category: NewCategory): Promise<Category> {
  return db.transaction(async (tx) => {
    const [last] = await tx.select({ position: max(categories.position) }).from(categories)
    const position = (last?.position ?? -1) + 1
    const [made] = await tx
      .insert(categories)
      .values({ ...trimmed(category), slug: category.slug, position })
      .onConflictDoNothing()
      .returning(columns)
    if (!made) throw slugTaken()
    await record(tx, { actorId: user.id, action: 'categoryAdded', ...subjectOf(made), details: made, at: now() })
    return made
  })
}

export async function changeCategory(
  { db, now }: OperatingDeps,
  user: Viewer,
  categoryId: string,
  change: CategoryChange,
): Promise<Category> {
  return db.transaction(async (tx) => {
    const [before] = await tx.select(columns).from(categories).where(eq(categories.id, categoryId)).for('update')
    if (!before) throw noSuchCategory()
    if (
      change.slug &&
      change.slug !== before.slug &&
      (await tx.$count(categories, eq(categories.slug, change.slug))) > 0
    )
      throw slugTaken()
    const after = { ...before, ...change, ...trimmed({ ...before, ...change }) }
    await tx.update(categories).set(after).where(eq(categories.id, categoryId))
    const details = { before, after }
    await record(tx, { actorId: user.id, action: 'categoryChanged', ...subjectOf(after), details, at: now() })
    return after
  })
}

/** Its courses stay, without a category. */
export async function removeCategory({ db, now }: OperatingDeps, user: Viewer, categoryId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [gone] = await tx.delete(categories).where(eq(categories.id, categoryId)).returning(columns)
    if (!gone) throw noSuchCategory()
    await record(tx, { actorId: user.id, action: 'categoryRemoved', ...subjectOf(gone), details: gone, at: now() })
  })
}

/** Those that are not named keep their place behind the others. */
export async function orderCategories({ db }: OperatingDeps, ids: string[]): Promise<void> {
  await db.transaction(async (tx) => {
    const known = await tx.select({ id: categories.id }).from(categories).orderBy(categories.position, categories.slug)
    const others = known.map(({ id }) => id).filter((id) => !ids.includes(id))
    for (const [position, id] of [...ids, ...others].entries())
      await tx.update(categories).set({ position }).where(eq(categories.id, id))
  })
}

const trimmed = ({ nameZh, nameEn }: { nameZh: string; nameEn: string }) => ({
  nameZh: nameZh.trim(),
  nameEn: nameEn.trim(),
})
const subjectOf = ({ id }: Category) => ({ subject: 'category' as const, subjectId: id })
const noSuchCategory = () => new AppError('not_found', 'there is no such category')
const slugTaken = () => new AppError('conflict', 'another category has this slug')
