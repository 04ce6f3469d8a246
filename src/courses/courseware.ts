/** The PDF documents of a lesson that can be brought to the board of its class: some of its attachments. */
import { and, asc, eq, max } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, lessonAttachments, lessons } from '../../db/schema.ts'
import type { Courseware } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { existing, type Viewer } from './lesson.ts'
import type { FileInfo } from './schema.ts'
import { attachable, checkFiles } from './teaching/file-use.ts'

const PDF = 'application/pdf'
const MOST = 50

export const createCourseware = (db: Db): Courseware => ({
  async deckTitle(lessonId, fileId) {
    const [file] = await select(db, and(eq(lessonAttachments.lessonId, lessonId), eq(lessonAttachments.fileId, fileId)))
    return file?.name.replace(/\.pdf$/i, '').slice(0, 200)
  },
})

export const listCourseware = (db: Db, lessonId: string): Promise<FileInfo[]> =>
  select(db, eq(lessonAttachments.lessonId, lessonId))

const select = (db: Db, which: ReturnType<typeof and>): Promise<FileInfo[]> =>
  db
    .select({ id: files.id, name: files.name, mimeType: files.mimeType, sizeBytes: files.sizeBytes })
    .from(lessonAttachments)
    .innerJoin(files, eq(files.id, lessonAttachments.fileId))
    .where(and(which, eq(files.mimeType, PDF)))
    .orderBy(asc(lessonAttachments.position), asc(files.id))

/** Attaches one more PDF of this person's, or of the teacher's, to the lesson; doing it again changes nothing. */
export async function addCourseware(db: Db, user: Viewer, lessonId: string, fileId: string): Promise<FileInfo[]> {
  return db.transaction(async (tx) => {
    const [lesson] = await tx
      .select({ teacherId: lessons.teacherId })
      .from(lessons)
      .where(existing(lessonId))
      .for('update')
    if (!lesson) throw new AppError('not_found', 'there is no such lesson')
    await checkFiles(tx, user, [lesson.teacherId], [fileId], attachable)
    const [file] = await tx.select({ mimeType: files.mimeType }).from(files).where(eq(files.id, fileId))
    if (file?.mimeType !== PDF) throw new AppError('unsupported_type', 'only a PDF can be brought to the board')
    const known = eq(lessonAttachments.lessonId, lessonId)
    if ((await tx.$count(lessonAttachments, known)) >= MOST)
      throw new AppError('conflict', `a lesson has at most ${MOST} attachments`)
    const [last] = await tx
      .select({ position: max(lessonAttachments.position) })
      .from(lessonAttachments)
      .where(known)
    await tx
      .insert(lessonAttachments)
      .values({ lessonId, fileId, position: (last?.position ?? -1) + 1 })
      .onConflictDoNothing()
    return listCourseware(tx, lessonId)
  })
}
