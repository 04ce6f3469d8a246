/** A lesson to be watched or read: the thing itself in the middle, its course beside it, what comes before and after below. */
import { ChevronLeft, CircleCheck, ListTree } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { Outline } from '../course/outline.tsx'
import { useCourse } from '../course/use-course.ts'
import { clockTime } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { Skeleton } from '../ui/states.tsx'
import { Attachments } from './attachments.tsx'
import { Neighbours } from './neighbours.tsx'
import { StudyBody } from './study-body.tsx'

export function Study({ page }: { page: StudyPage }) {
  const { lesson } = page
  return (
    <main className="mx-auto grid max-w-6xl gap-8 px-4 pt-4 pb-16 sm:px-6 sm:pt-8 lg:grid-cols-[minmax(0,1fr)_20rem] lg:gap-10">
      <div className="min-w-0">
        <Heading page={page} />
        <StudyBody page={page} />
        <Attachments files={page.attachments} />
        <Neighbours previous={page.previous} next={page.next} courseId={lesson.course.id} />
      </div>
      <aside className="hidden lg:block">
        <div className="scroll-quiet sticky top-20 max-h-[calc(100dvh-6rem)] overflow-y-auto">
          <CourseOutline courseId={lesson.course.id} lessonId={lesson.id} />
        </div>
      </aside>
    </main>
  )
}

function Heading({ page: { lesson } }: { page: StudyPage }) {
  const { t } = useTranslation()
  const done = useDone(lesson.course.id, lesson.id)
  return (
    <header className="mb-5">
      <div className="flex items-center justify-between gap-3">
        <Link
          to={`/courses/${lesson.course.id}`}
          className="inline-flex min-w-0 items-center gap-1 rounded-control text-muted text-sm hover:text-text"
        >
          <ChevronLeft size={16} aria-hidden className="shrink-0" />
          <span className="truncate">{lesson.course.title}</span>
        </Link>
        <OutlineButton courseId={lesson.course.id} lessonId={lesson.id} />
      </div>
      <h1 className="display mt-2 text-balance text-xl sm:text-2xl">{lesson.title}</h1>
      <p className="tabular mt-1.5 flex flex-wrap items-center gap-x-2 text-muted text-sm">
        <span>{lesson.teacher.displayName}</span>
        <span aria-hidden>·</span>
        <span>
          {t(`course.kind.${lesson.kind}`)}
          {lesson.durationMs !== null && ` ${clockTime(lesson.durationMs)}`}
        </span>
        {done && (
          <span className="inline-flex items-center gap-1 text-good" data-testid="lesson-done">
            <CircleCheck size={15} aria-hidden />
            {t('course.mark.done')}
          </span>
        )}
      </p>
    </header>
  )
}

/** Whether the viewer has been through this lesson. */
function useDone(courseId: string, lessonId: string): boolean {
  const { data } = useCourse(courseId)
  return data?.outline.some(({ lessons }) => lessons.some(({ id, completed }) => id === lessonId && completed)) ?? false
}

type OfCourse = { courseId: string; lessonId: string }

function CourseOutline({ courseId, lessonId }: OfCourse) {
  const { t } = useTranslation()
  const { data } = useCourse(courseId)
  if (!data) return <Skeleton className="h-64 rounded-card" />
  const progress = data.viewer?.progress
  return (
    <nav aria-label={t('course.outline')}>
      {progress && progress.lessons > 0 && (
        <p className="mb-3 flex items-center gap-2">
          <ProgressBar label={t('course.progress')} percent={progress.percent} className="flex-1" />
          <span className="tabular text-muted text-xs">
            {t('course.progressOf', { completed: progress.completed, lessons: progress.lessons })}
          </span>
        </p>
      )}
      <Outline outline={data.outline} currentId={lessonId} compact />
    </nav>
  )
}

/** On a phone the outline comes from below. */
function OutlineButton(of: OfCourse) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="sm" className="lg:hidden" onClick={() => setOpen(true)}>
        <ListTree size={16} aria-hidden />
        {t('course.outline')}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('course.outline')}>
        <CourseOutline {...of} />
      </Dialog>
    </>
  )
}
