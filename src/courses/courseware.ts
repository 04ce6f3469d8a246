/** The documents of a lesson that can be brought to the board of its class. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, lessonAttachments } from '../../db/schema.ts'
import type { Courseware } from '../../signaling/ports.ts'

export const createCourseware = (db: Db): Courseware => ({
  async deckTitle(lessonId, fileId) {
    const [file] = await db
      .select({ name: files.name })
      .from(lessonAttachments)
      .innerJoin(files, eq(files.id, lessonAttachments.fileId))
      .where(
        and(
          eq(lessonAttachments.lessonId, lessonId),
          eq(lessonAttachments.fileId, fileId),
          eq(files.mimeType, 'application/pdf'),
        ),
      )
    return file?.name.replace(/\.pdf$/i, '').slice(0, 200)
  },
})
