/** What remains of uploads that nobody goes on with. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq, inArray, lt, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { uploads } from '../../db/schema.ts'

const HOUR_MS = 60 * 60 * 1000
/** An upload that no byte came for so long is given up. */
export const ABANDONED_MS = 24 * HOUR_MS
/** Bytes that no node could put away for so long: the one that took them is gone for good. */
const LOST_MS = 7 * 24 * HOUR_MS
/** Who is at it says so more often than this. */
const QUIET_MS = 60_000
const AT_ONCE = 200

export type SweepDeps = {
  db: Db
  now: () => number
  folder: string
  log: { error(details: object, message: string): void }
  /** Those that are being put away now. */
  running: Map<string, unknown>
}

export async function sweepUploads(deps: SweepDeps, finish: (id: string) => Promise<void>): Promise<void> {
  await removeOld(deps)
  await removeOrphans(deps)
  await finishReceived(deps, finish)
}

async function removeOld({ db, now }: SweepDeps): Promise<void> {
  const { status, touchedAt } = uploads
  await db
    .delete(uploads)
    .where(
      or(
        and(inArray(status, ['receiving', 'finished', 'refused']), lt(touchedAt, now() - ABANDONED_MS)),
        and(eq(status, 'received'), lt(uploads.createdAt, now() - LOST_MS)),
      ),
    )
}

/** Bytes in the folder whose upload is gone. */
async function removeOrphans({ db, folder }: SweepDeps): Promise<void> {
  const names = await readdir(folder)
  for (let first = 0; first < names.length; first += AT_ONCE) {
    const some = names.slice(first, first + AT_ONCE).filter((name) => /^[0-9a-f-]{36}$/.test(name))
    const rows = await db.select({ id: uploads.id }).from(uploads).where(inArray(uploads.id, some))
    const known = new Set(rows.map(({ id }) => id))
    for (const name of some) if (!known.has(name)) await rm(join(folder, name), { force: true })
  }
}

/** What a restart, or a storage that was away, left in the middle; only where the bytes are on this node. */
async function finishReceived(
  { db, folder, running, log, now }: SweepDeps,
  finish: (id: string) => Promise<void>,
): Promise<void> {
  const rows = await db
    .select()
    .from(uploads)
    .where(and(eq(uploads.status, 'received'), lt(uploads.touchedAt, now() - QUIET_MS)))
    .limit(AT_ONCE)
  for (const { id, sha256 } of rows) {
    const here = await stat(join(folder, id)).catch(() => undefined)
    if (running.has(id) || (!here && !sha256)) continue
    await finish(id).catch((error) => log.error({ err: error, uploadId: id }, 'an upload could not be put away'))
  }
}
