/** Where the next page of a list begins: after the last entry of the page before, written as `KEY_ID`. */
import { and, eq, gt, lt, or, type SQL, type SQLWrapper } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { AppError } from '../../signaling/protocol/errors.ts'

/** What comes after the cursor in a list that is sorted by this number, and by id where it is the same. */
export function beyond(cursor: string, key: SQLWrapper, id: PgColumn, direction: 'up' | 'down'): SQL {
  const [, number, lastId] = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? []
  if (!number || !lastId) throw new AppError('bad_request', 'after is not what an earlier page gave as next')
  const further = direction === 'up' ? gt : lt
  return or(further(key, Number(number)), and(eq(key, Number(number)), further(id, lastId)))!
}

/** The entries of one page, of which one more than `size` was asked for, and the cursor to the next. */
export function pageOf<T>(found: T[], size: number, at: (entry: T) => [key: number | null, id: string]) {
  const entries = found.slice(0, size)
  const last = found.length > size ? entries.at(-1) : undefined
  return { entries, next: last ? at(last).join('_') : null }
}
