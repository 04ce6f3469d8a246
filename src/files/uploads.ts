/** Files on their way here: begun, resumed, looked at once all bytes are there, and put into the storage. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import { rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { and, count, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, uploads, users, videos } from '../../db/schema.ts'
import { AppError, type ErrorCode } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { fileColumns } from './columns.ts'
import { cleanName, withEnding } from './names.ts'
import { type PictureSize, pictureSizeOf } from './picture-size.ts'
import { hasQuota, type Purpose, QUOTA_BYTES, type Rules, rulesOf } from './purposes.ts'
import type { UploadState } from './schema.ts'
import { ENOUGH_TO_SNIFF_BYTES, typeOf } from './sniff.ts'
import type { FileStorage } from './storage.ts'
import { sweepUploads } from './upload-sweep.ts'

const UNFINISHED_EACH = 10
/** Left free on the disk, for everything else that is written there. */
const SPARE_BYTES = 1024 ** 3

/** The job that makes a video of a file. */
export const MAKE_VIDEO = 'makeVideo'

type Log = { error(details: object, message: string): void; info(details: object, message: string): void }

export type UploadsDeps = {
  db: Db
  storage: FileStorage
  jobs: Pick<Jobs, 'add'>
  now: () => number
  log: Log
  /** Where bytes lie until all are there; only this node writes in it. */
  folder: string
  videoMaxBytes: number
}
type Deps = UploadsDeps & { rules: Rules; running: Map<string, Promise<void>> }

export type UploadRow = typeof uploads.$inferSelect
export type NewUpload = { purpose: Purpose; name: string; sizeBytes: number; sha256: string | null }

export type Uploads = ReturnType<typeof createUploads>

export function createUploads(given: UploadsDeps) {
  mkdirSync(given.folder, { recursive: true })
  const deps: Deps = { ...given, rules: rulesOf(given.videoMaxBytes), running: new Map() }
  return {
    folder: deps.folder,
    rules: deps.rules,
    /** Gives the id of a new upload, or throws why there may be none. */
    begin: (user: SignedInUser, upload: NewUpload) => begin(deps, user, upload),
    /** The user's upload; another's is `not_found` as one that never was. */
    ownedBy: (user: SignedInUser, id: string) => ownedBy(deps, user, id),
    byId: (id: string) => byId(deps, id),
    /** Notes that bytes came, and refuses the upload where those that are there show that it cannot be taken. */
    progressed: (id: string) => progressed(deps, id),
    /** All bytes are there. Resolves when the file is; the same one may be asked for again. */
    finish: (id: string) => finish(deps, id),
    state: (user: SignedInUser, id: string) => state(deps, user, id),
    discard: (id: string) => discard(deps, id),
    /** Ends what a restart left half-done, and removes what was abandoned. */
    sweep: () => sweepUploads(deps, (id) => finish(deps, id)),
    /** Lets those that are being put away come to their end. */
    close: () => Promise.allSettled(deps.running.values()).then(() => {}),
  }
}

async function begin(deps: Deps, user: SignedInUser, upload: NewUpload): Promise<string> {
  const { db, now, rules, folder } = deps
  const { maxBytes, roles } = rules[upload.purpose]
  if (!roles.includes(user.role)) throw new AppError('forbidden', `this is not for you to upload: ${upload.purpose}`)
  if (upload.sizeBytes < 1) throw new AppError('bad_request', 'there is nothing in this file')
  if (upload.sizeBytes > maxBytes) throw new AppError('file_too_large', `at most ${maxBytes} bytes`)
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize - SPARE_BYTES < upload.sizeBytes)
    throw new AppError('storage_full', 'there is no room for this file now')
  const { sha256: claimedSha256, ...told } = upload
  const name = cleanName(upload.name)
  return db.transaction(async (tx) => {
    // One at a time for each user: the count must not be passed by several at once.
    await tx.select({ id: users.id }).from(users).where(eq(users.id, user.id)).for('update')
    const open = and(eq(uploads.ownerId, user.id), inArray(uploads.status, ['receiving', 'received']))
    const [found] = await tx
      .select({ unfinished: count(), bytes: sumOf(uploads.sizeBytes) })
      .from(uploads)
      .where(open)
    if (found!.unfinished >= UNFINISHED_EACH)
      throw new AppError('too_many_uploads', `at most ${UNFINISHED_EACH} unfinished uploads`)
    if (hasQuota(user.role) && (await bytesOf(tx, user)) + found!.bytes + upload.sizeBytes > QUOTA_BYTES)
      throw new AppError('storage_full', `at most ${QUOTA_BYTES} bytes for each person`)
    const [row] = await tx
      .insert(uploads)
      .values({ id: randomUUID(), ...told, name, claimedSha256, ownerId: user.id, createdAt: now(), touchedAt: now() })
      .returning({ id: uploads.id })
    return row!.id
  })
}

const sumOf = (column: typeof files.sizeBytes | typeof uploads.sizeBytes) =>
  sql<number>`coalesce(sum(${column}), 0)::float8`

async function bytesOf(tx: Db, { id }: SignedInUser): Promise<number> {
  const [kept] = await tx
    .select({ bytes: sumOf(files.sizeBytes) })
    .from(files)
    .where(eq(files.ownerId, id))
  return kept!.bytes
}

async function byId({ db }: Deps, id: string): Promise<UploadRow | undefined> {
  const [row] = await db.select().from(uploads).where(eq(uploads.id, id))
  return row
}

async function ownedBy(deps: Deps, user: SignedInUser, id: string): Promise<UploadRow> {
  const row = await byId(deps, id)
  if (row?.ownerId !== user.id) throw new AppError('not_found', 'there is no such upload')
  return row
}

async function state(deps: Deps, user: SignedInUser, uploadId: string): Promise<UploadState> {
  const { id, purpose, name, sizeBytes, status, refusal } = await ownedBy(deps, user, uploadId)
  const [file] = await deps.db.select(fileColumns).from(files).where(eq(files.id, id))
  return { id, purpose, name, sizeBytes, status, refusal, file: file ?? null }
}

async function progressed(deps: Deps, id: string): Promise<void> {
  const { db, now, rules, folder } = deps
  const [row] = await db.update(uploads).set({ touchedAt: now() }).where(eq(uploads.id, id)).returning()
  if (row?.status !== 'receiving') return
  const path = join(folder, id)
  const here = await stat(path).catch(() => undefined)
  if (!here || here.size < ENOUGH_TO_SNIFF_BYTES || here.size === row.sizeBytes) return
  const mimeType = await typeOf(path)
  // Sounds may begin with so much text about themselves that what they are comes later.
  const impossible = mimeType ? !rules[row.purpose].types[mimeType] : row.purpose !== 'attachment'
  if (impossible) await refuse(deps, id, 'unsupported_type')
}

/** Marks it as refused, and throws that it is. */
async function refuse(deps: Deps, id: string, refusal: ErrorCode): Promise<never> {
  const { db, folder, now } = deps
  await db.update(uploads).set({ status: 'refused', refusal, touchedAt: now() }).where(eq(uploads.id, id))
  await rm(join(folder, id), { force: true })
  throw new AppError(refusal, 'this file was refused')
}

function finish(deps: Deps, id: string): Promise<void> {
  const { running } = deps
  const finishing = running.get(id) ?? putAway(deps, id).finally(() => running.delete(id))
  running.set(id, finishing)
  return finishing
}

/** Every step may have been taken before: by a node that stopped in the middle. */
async function putAway(deps: Deps, id: string): Promise<void> {
  const { db, storage, folder, now, log } = deps
  const open = and(eq(uploads.id, id), inArray(uploads.status, ['receiving', 'received']))
  const [row] = await db.update(uploads).set({ status: 'received', touchedAt: now() }).where(open).returning()
  if (!row) return
  const path = join(folder, id)
  const key = `originals/${id}`
  const here = await stat(path).catch(() => undefined)
  const found = here ? await lookAt(deps, row, path) : row
  const { mimeType, sha256, width, height } = found
  if (!mimeType || !sha256) throw new Error('the bytes of this upload are not on this node')
  if (here) await storage.putFile(key, path, { mimeType })
  const stored = await storage.read(key, { start: 0, end: 0 })
  stored?.stream.destroy()
  if (stored?.sizeBytes !== row.sizeBytes) throw new Error('the bytes of this upload were lost on their way')
  await enter(deps, row, { mimeType, sha256, width, height, storageKey: key })
  log.info({ fileId: id, purpose: row.purpose, sizeBytes: row.sizeBytes }, 'a file was uploaded')
}

async function lookAt(deps: Deps, { id, purpose, claimedSha256, sizeBytes }: UploadRow, path: string) {
  const { db, rules } = deps
  const { size: bytesHere } = await stat(path)
  if (bytesHere !== sizeBytes) throw new Error('this upload has not all its bytes')
  const mimeType = await typeOf(path)
  if (!mimeType || !rules[purpose].types[mimeType]) return refuse(deps, id, 'unsupported_type')
  const size = await sizeWithin(deps, rules[purpose].maxPixels, id, path)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash)
  const sha256 = hash.digest('hex')
  if (claimedSha256 && claimedSha256 !== sha256) return refuse(deps, id, 'checksum_mismatch')
  const found = { mimeType, sha256, width: size?.width ?? null, height: size?.height ?? null }
  await db.update(uploads).set(found).where(eq(uploads.id, id))
  return found
}

/** How large the picture is, where that has a limit. */
async function sizeWithin(
  deps: Deps,
  maxPixels: number | undefined,
  id: string,
  path: string,
): Promise<PictureSize | undefined> {
  if (maxPixels === undefined) return undefined
  const size = await pictureSizeOf(path)
  if (!size) return refuse(deps, id, 'unsupported_type')
  return size.width > maxPixels || size.height > maxPixels ? refuse(deps, id, 'picture_too_large') : size
}

async function enter(
  { db, now, jobs, rules }: Deps,
  { id, ownerId, purpose, sizeBytes, name }: UploadRow,
  found: { mimeType: string; sha256: string; width: number | null; height: number | null; storageKey: string },
): Promise<void> {
  const at = now()
  const kept = withEnding(name, rules[purpose].types[found.mimeType]!)
  await db.transaction(async (tx) => {
    const row = { id, ownerId, purpose, sizeBytes, name: kept, ...found, createdAt: at }
    await tx.insert(files).values(row).onConflictDoNothing()
    if (purpose === 'video') {
      await tx.insert(videos).values({ fileId: id, updatedAt: at }).onConflictDoNothing()
      await jobs.add(MAKE_VIDEO, { fileId: id }, { tx, key: id })
    }
    await tx.update(uploads).set({ status: 'finished', name: kept, touchedAt: at }).where(eq(uploads.id, id))
  })
}

async function discard({ db, folder }: Deps, id: string): Promise<void> {
  await db.delete(uploads).where(and(eq(uploads.id, id), eq(uploads.status, 'receiving')))
  await rm(join(folder, id), { force: true })
}
