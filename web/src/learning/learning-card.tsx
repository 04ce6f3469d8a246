/** A course that one is in the middle of: how far, where last, until when. */
import { CirclePlay } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { MyCourses } from '../../../src/courses/schema.ts'
import { CourseCover } from '../catalogue/course-cover.tsx'
import { dayOf } from '../format.ts'
import { buttonClasses } from '../ui/button.tsx'
import { Pill } from '../ui/pills.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'

export type LearntCourse = MyCourses['courses'][number]

export function LearningCard({ course }: { course: LearntCourse }) {
  const { t } = useTranslation()
  const { right, progress, teacher } = course
  const { last, percent, completed, lessons } = progress
  return (
    <article
      className="flex gap-4 rounded-card border bg-surface p-3 shadow-card sm:p-4"
      data-testid={`learning-${course.id}`}
    >
      <Link to={`/courses/${course.id}`} tabIndex={-1} aria-hidden className="shrink-0 self-start">
        <CourseCover course={course} className="aspect-video w-28 rounded-control sm:w-40" />
      </Link>
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex items-start gap-2">
          <h3 className="display line-clamp-2 min-w-0 flex-1 leading-snug">
            <Link to={`/courses/${course.id}`} className="rounded-control hover:text-accent">
              {course.title}
            </Link>
          </h3>
          {right?.via === 'membership' && <Pill tone="good">{t('course.have.membership')}</Pill>}
        </div>
        <p className="flex flex-wrap gap-x-3 text-muted text-xs sm:text-sm">
          <span className="truncate">{teacher.displayName}</span>
          <Until right={right} />
        </p>
        <p className="flex items-center gap-2">
          <ProgressBar label={t('course.progress')} percent={percent} className="max-w-60 flex-1" />
          <span className="tabular shrink-0 text-muted text-xs">{t('course.progressOf', { completed, lessons })}</span>
        </p>
        <div className="mt-auto flex flex-wrap items-center justify-between gap-x-3 gap-y-2 pt-1">
          <span className="flex min-w-0 items-center gap-1.5 text-muted text-xs sm:text-sm">
            {last && (
              <>
                <CirclePlay size={14} aria-hidden className="shrink-0" />
                <span className="truncate">{t('learning.last', { title: last.title })}</span>
              </>
            )}
          </span>
          <span className="ms-auto">
            <NextLink course={course} />
          </span>
        </div>
      </div>
    </article>
  )
}

function NextLink({ course: { id, right, progress } }: { course: LearntCourse }) {
  const { t } = useTranslation()
  if (!right)
    return (
      <Link to={`/courses/${id}`} className={buttonClasses('quiet', 'sm')}>
        {t('learning.again')}
      </Link>
    )
  const { last, percent } = progress
  return (
    <Link
      to={last ? `/lessons/${last.id}` : `/courses/${id}`}
      className={buttonClasses(percent === 100 ? 'quiet' : 'primary', 'sm')}
      data-testid="continue"
    >
      {t(percent === 100 ? 'learning.review' : last ? 'learning.continue' : 'learning.begin')}
    </Link>
  )
}

function Until({ right }: Pick<LearntCourse, 'right'>) {
  const { t } = useTranslation()
  if (!right) return <span className="text-accent">{t('learning.over')}</span>
  if (right.endsAt === null) return t('course.forGood')
  return <span className="tabular">{t('course.until', { day: dayOf(right.endsAt) })}</span>
}
