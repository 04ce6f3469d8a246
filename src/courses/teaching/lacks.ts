/** What stands between a course and its being published, one word for each thing. */
import type { CourseDraft, Lack, LessonKind } from '../schema.ts'

type Lesson = {
  kind: LessonKind
  videoStatus: 'queued' | 'processing' | 'ready' | 'failed' | null
  hasBody: boolean
  hasFile: boolean
  startsAt: number | null
  durationMinutes: number | null
  startedAt: number | null
}

/** What this lesson lacks; null where it has something to show. */
export const lackOf = (lesson: Lesson, now: number): Lack | null => byKind[lesson.kind](lesson, now)

const byKind: Record<LessonKind, (lesson: Lesson, now: number) => Lack | null> = {
  live: ({ startsAt, durationMinutes, startedAt }, now) =>
    startedAt === null && startsAt! + durationMinutes! * 60_000 < now ? 'class_past' : null,
  article: ({ hasBody }) => (hasBody ? null : 'article_empty'),
  document: ({ hasFile }) => (hasFile ? null : 'document_missing'),
  video: ({ hasFile, videoStatus }) => (hasFile ? lackOfVideo[videoStatus ?? 'queued'] : 'video_missing'),
}

const lackOfVideo = {
  queued: 'video_processing',
  processing: 'video_processing',
  failed: 'video_failed',
  ready: null,
} as const

type Course = { summary: string; intro: string }

export function lacksOf(course: Course, lessons: { id: string; lack: Lack | null }[]): CourseDraft['lacks'] {
  const whole: Lack[] = [
    ...(course.summary.trim() ? [] : ['summary' as const]),
    ...(course.intro.trim() ? [] : ['intro' as const]),
    ...(lessons.length > 0 ? [] : ['lessons' as const]),
  ]
  return [
    ...whole.map((what) => ({ what, lessonId: null })),
    ...lessons.flatMap(({ id, lack }) => (lack ? [{ what: lack, lessonId: id }] : [])),
  ]
}
