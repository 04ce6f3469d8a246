/** The current picture of each live class, small, for its card: sent by the teacher's browser, kept in memory only. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Frame, SHOWN_FOR_MS } from './frame-store.ts'
import { jpegSize } from './jpeg.ts'
import { getLesson, type LessonsDeps, mayTeach, type Viewer } from './lesson.ts'
import type { Lesson } from './schema.ts'

export const FRAME_BYTES = 30 * 1024
export const FRAME_WIDTH = 320
export const FRAME_HEIGHT = 180

const SOONEST_NEXT_MS = 5000

export async function putFrame(deps: LessonsDeps, user: Viewer, lessonId: string, jpeg: Buffer): Promise<void> {
  const { status } = await ownLesson(deps, user, lessonId)
  const size = jpeg.length <= FRAME_BYTES ? jpegSize(jpeg) : undefined
  if (!size || size.width > FRAME_WIDTH || size.height > FRAME_HEIGHT)
    throw new AppError('bad_request', `not a JPEG of at most ${FRAME_WIDTH} × ${FRAME_HEIGHT} in ${FRAME_BYTES} bytes`)
  if (status !== 'live') throw new AppError('conflict', 'this lesson is not live')
  const earlier = deps.frames.get(lessonId)
  if (earlier && deps.now() - earlier.at < SOONEST_NEXT_MS)
    throw new AppError('too_many_requests', `one picture in ${SOONEST_NEXT_MS / 1000} seconds`)
  deps.frames.put(lessonId, jpeg)
}

export async function removeFrame(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<void> {
  await ownLesson(deps, user, lessonId)
  deps.frames.remove(lessonId)
}

export async function getFrame(deps: LessonsDeps, lessonId: string): Promise<Frame> {
  const frame = deps.frames.get(lessonId)
  if (frame && (await isShown(deps, lessonId, frame))) return frame
  deps.frames.remove(lessonId)
  throw new AppError('not_found', 'there is no current picture')
}

async function isShown(deps: LessonsDeps, lessonId: string, frame: Frame): Promise<boolean> {
  if (deps.now() < frame.shownUntil) return true
  frame.shownUntil = deps.now() + SHOWN_FOR_MS
  return (await getLesson(deps, lessonId)).frameAt !== null
}

async function ownLesson(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<Lesson> {
  const lesson = await getLesson(deps, lessonId)
  if (lesson.teacher.id === user.id && mayTeach(user)) return lesson
  throw new AppError('forbidden', 'only the teacher of this lesson may do this')
}
