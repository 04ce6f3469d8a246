/** Whether a file may be used for what somebody wants to use it for. */
import { inArray } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { files } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { isStaff, type Viewer } from '../lesson.ts'
import type { LessonKind } from '../schema.ts'

type Purpose = typeof files.$inferSelect.purpose

/** What the file of a lesson has to have been uploaded for; undefined where it has none. */
export const purposeOf: Record<LessonKind, Purpose | undefined> = {
  live: undefined,
  article: undefined,
  video: 'video',
  document: 'document',
}
export const attachable: Purpose[] = ['attachment', 'document', 'image']

/** Throws unless all of these files are there, were uploaded for one of these purposes, and belong to one of these people. */
export async function checkFiles(
  db: Db,
  user: Viewer,
  owners: string[],
  fileIds: string[],
  purposes: Purpose[],
): Promise<void> {
  if (fileIds.length === 0) return
  const found = await db
    .select({ ownerId: files.ownerId, purpose: files.purpose })
    .from(files)
    .where(inArray(files.id, fileIds))
  const mine = found.filter(({ ownerId }) => isStaff(user) || ownerId === user.id || owners.includes(ownerId))
  if (mine.length < new Set(fileIds).size) throw new AppError('not_found', 'there is no such file of yours')
  if (!mine.every(({ purpose }) => purposes.includes(purpose)))
    throw new AppError('bad_request', `such a file has to be uploaded as: ${purposes.join(', ')}`)
}
