/** Pages of a list that shows the latest first: `TIME_ID` of the last row leads to the next page. */
import { and, eq, lt, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { AppError } from '../../signaling/protocol/errors.ts'

export const PAGE = 20

/** Cuts what was read with a limit of `PAGE + 1` to a page. */
export function pageOf<T>(found: T[], at: (row: T) => { at: number; id: string }): { page: T[]; next: string | null } {
  const page = found.slice(0, PAGE)
  const last = found.length > PAGE ? at(page.at(-1)!) : undefined
  return { page, next: last ? `${last.at}_${last.id}` : null }
}

/** What comes after the page that gave this cursor. */
export function beyond(cursor: string | undefined, time: PgColumn, id: PgColumn): SQL | undefined {
  if (cursor === undefined) return undefined
  const [, at, lastId] = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? []
  if (!at || !lastId) throw new AppError('bad_request', 'after is not what an earlier page gave as next')
  return or(lt(time, Number(at)), and(eq(time, Number(at)), lt(id, lastId)))!
}
