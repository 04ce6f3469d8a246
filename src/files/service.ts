/** Files that are here: who may have which, their bytes, and their end. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError, type ErrorCode } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { ADDRESS_TTL_SECONDS, isForModerator, readFileAddress, signFileAddress } from './addresses.ts'
import { createMomentCache } from './moment-cache.ts'
import type { FileAddress } from './schema.ts'
import type { ByteRange, FileStorage } from './storage.ts'

type Decision = { allowed: true; via: string } | { allowed: 'trial' } | { allowed: false; code: ErrorCode }

export type FilesDeps = {
  db: Db
  bus: Bus
  storage: FileStorage
  secret: Uint8Array
  now: () => number
  /** Whether this person may have the bytes of this file now; null is a stranger. */
  mayDownload: (viewer: Pick<SignedInUser, 'id' | 'role'> | null, fileId: string) => Promise<Decision>
  /** Who signed in with this sign-in, as they are now; throws `unauthorized` when it has ended. */
  userOf: (sessionId: string) => Promise<SignedInUser>
}
type Deps = FilesDeps & { moments: ReturnType<typeof createMomentCache<OpenFile>> }

export type FileRow = typeof files.$inferSelect
/** `public`: everyone may have it, so every cache may keep it. */
export type OpenFile = { file: FileRow; public: boolean }

export type Files = ReturnType<typeof createFiles>

export function createFiles(given: FilesDeps) {
  const deps: Deps = { ...given, moments: createMomentCache(given) }
  return {
    /** The file, for those who may have it; the others are told why not. */
    open: (viewer: SignedInUser | null, fileId: string) => open(deps, viewer, fileId),
    /** The same for whoever holds a signed address of it, if the right still stands. */
    openSigned: (token: string, fileId: string) => openSigned(deps, token, fileId),
    address: (viewer: SignedInUser, fileId: string) => address(deps, viewer, fileId),
    /** The file of its owner; another's is `not_found`. */
    ownedBy: (user: SignedInUser, fileId: string) => ownedBy(deps, user, fileId),
    read: (file: FileRow, range?: ByteRange) => read(deps, file, range),
    /** Throws `conflict` while a lesson or a course shows it. */
    remove: (user: SignedInUser, fileId: string) => remove(deps, user, fileId),
    /** Removes all files of this owner but those that a lesson or a course shows. */
    removeAll: (ownerId: string) => removeAll(deps, ownerId),
    close: () => deps.moments.close(),
  }
}

async function open({ db, mayDownload }: Deps, viewer: SignedInUser | null, fileId: string): Promise<OpenFile> {
  const [[file], decision] = await Promise.all([
    db.select().from(files).where(eq(files.id, fileId)),
    mayDownload(viewer, fileId),
  ])
  if (!file) throw new AppError('not_found', 'there is no such file')
  if (decision.allowed !== true)
    throw new AppError(decision.allowed === false ? decision.code : 'not_entitled', 'this file is not for this viewer')
  // Whoever may watch a video is given its encrypted segments, and never the film itself.
  const { via } = decision
  if (file.purpose === 'video' && via !== 'teaching' && via !== 'staff')
    throw new AppError('not_entitled', 'a video is played, not downloaded')
  return { file, public: via === 'free' && file.purpose === 'cover' }
}

async function openSigned(deps: Deps, token: string, fileId: string): Promise<OpenFile> {
  const { secret, now, moments, userOf } = deps
  if (await isForModerator(token, fileId, secret, now())) return openForModerator(deps, fileId)
  const { userId, sessionId } = await readFileAddress(token, fileId, secret, now())
  return moments.get(userId, `${sessionId} ${fileId}`, async () => open(deps, await userOf(sessionId), fileId))
}

async function openForModerator({ db }: Deps, fileId: string): Promise<OpenFile> {
  const [file] = await db
    .select()
    .from(files)
    .where(and(eq(files.id, fileId), eq(files.purpose, 'chat')))
  if (!file) throw new AppError('not_found', 'there is no such picture')
  return { file, public: false }
}

async function address(deps: Deps, viewer: SignedInUser, fileId: string): Promise<FileAddress> {
  await open(deps, viewer, fileId)
  const claims = { userId: viewer.id, sessionId: viewer.sessionId, fileId }
  const token = await signFileAddress(claims, deps.secret, deps.now())
  return { url: `/api/files/${fileId}?access=${token}`, expiresInSeconds: ADDRESS_TTL_SECONDS }
}

const isStaff = ({ role }: SignedInUser) => role === 'operator' || role === 'admin'

async function ownedBy({ db }: Deps, user: SignedInUser, fileId: string): Promise<FileRow> {
  const [file] = await db.select().from(files).where(eq(files.id, fileId))
  if (!file || (file.ownerId !== user.id && !isStaff(user))) throw new AppError('not_found', 'there is no such file')
  return file
}

async function read({ storage }: Deps, file: FileRow, range?: ByteRange) {
  const found = await storage.read(file.storageKey, range)
  if (!found) throw new Error(`the bytes of file ${file.id} are not in the storage`)
  return found.stream
}

async function remove(deps: Deps, user: SignedInUser, fileId: string): Promise<void> {
  await removeFile(deps, await ownedBy(deps, user, fileId))
}

async function removeAll(deps: Deps, ownerId: string): Promise<void> {
  for (const file of await deps.db.select().from(files).where(eq(files.ownerId, ownerId)))
    await removeFile(deps, file).catch((error) => {
      if (!(error instanceof AppError && error.code === 'conflict')) throw error
    })
}

async function removeFile({ db, storage }: Deps, { id, storageKey }: FileRow): Promise<void> {
  try {
    await db.delete(files).where(eq(files.id, id))
  } catch (error) {
    if (!isInUse(error)) throw error
    throw new AppError('conflict', 'this file is in use', { cause: error })
  }
  await storage.remove(storageKey)
  await storage.removeFolder(`videos/${id}`)
}

/** PostgreSQL's `foreign_key_violation`, as either driver tells it. */
const isInUse = (error: unknown) => ((error as Error).cause as { code?: string } | undefined)?.code === '23503'
