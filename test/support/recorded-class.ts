/** Classes that are over, with what the storage and the database have of them. */
import { eq } from 'drizzle-orm'
import { lessons } from '../../db/schema.ts'
import type { SegmentStore } from '../../sfu/hls/ports.ts'
import { createDatabaseRecorder } from '../../src/adapters/database-recorder.ts'
import type { Business } from './business.ts'
import { type MadeUpClass, openMadeUpClass } from './made-up-class.ts'
import { createShelf } from './shelf.ts'
import { silentLog } from './silent-log.ts'

/** The clock stands while the class plays on its own. */
const LONG_ENOUGH_MS = 20_000

type Course = { id: string; teacherId: string }
type Given = Parameters<ReturnType<typeof createShelf>['lesson']>[1]

export function createRecordedClasses({ db, now, pass }: Business, segmentStore: SegmentStore, course: Course) {
  const shelf = createShelf(db, now)

  /** One that is on. */
  const begin = async (sizes?: string[], values: Given = {}) => {
    const startedAt = now()
    const lesson = await shelf.lesson(course, { status: 'live', startedAt, touchedAt: startedAt, ...values })
    const recorder = createDatabaseRecorder({ db, now, log: silentLog })
    const open = (afterMs = 0) =>
      openMadeUpClass({ lessonId: lesson.id, startedAt, segmentStore, recorder, afterMs, ...(sizes && { sizes }) })
    return { lesson, recorder, open, class: await open() }
  }

  const end = (lessonId: string) =>
    db.update(lessons).set({ status: 'ended', endedAt: now() }).where(eq(lessons.id, lessonId))

  return {
    begin,
    end,
    /** One that is over; `plays` is what happens in it. */
    async record(plays: (madeUp: MadeUpClass) => Promise<void>, sizes?: string[], values: Given = {}) {
      const begun = await begin(sizes, values)
      await plays(begun.class)
      pass(LONG_ENOUGH_MS)
      await begun.class.end()
      await end(begun.lesson.id)
      return begun.lesson
    },
  }
}
