/** A lesson after its end: thanks, and a way on. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { lengthText } from '../i18n/texts.ts'
import { buttonClasses } from '../ui/button.tsx'
import { Cover } from '../ui/cover.tsx'
import { Attachments } from './attachments.tsx'
import { Neighbours } from './neighbours.tsx'

export function Ended({ page }: { page: LessonPage }) {
  const { t } = useTranslation()
  const { lesson, role, attachments, previous, next } = page
  const { startedAt, endedAt } = lesson
  const minutes = startedAt && endedAt ? Math.max(1, Math.round((endedAt - startedAt) / 60_000)) : null
  const way =
    role === 'teacher'
      ? { to: '/teaching', label: t('teaching.title') }
      : lesson.course
        ? { to: `/courses/${lesson.course.id}`, label: t('study.backToCourse') }
        : { to: '/', label: t('lesson.moreLessons') }
  return (
    <main
      className="mx-auto flex max-w-lg flex-col items-center px-4 pt-10 pb-16 text-center"
      data-testid="lesson-ended"
    >
      <Cover seed={lesson.id} className="aspect-[2/1] w-full max-w-sm rounded-card opacity-80 saturate-50" />
      <h1 className="display mt-8 text-balance text-xl sm:text-2xl">
        {t(role === 'teacher' ? 'lesson.endedThanksTeacher' : 'lesson.endedThanks')}
      </h1>
      <p className="mt-3 font-medium">{lesson.title}</p>
      <p className="mt-1 text-muted text-sm">
        {lesson.teacher.displayName}
        {minutes !== null && ` · ${t('lesson.taught', { duration: lengthText(minutes, t) })}`}
      </p>
      <p className="mt-1 text-muted text-sm">{t('lesson.endedTitle')}</p>
      <Link to={way.to} className={`${buttonClasses('primary')} mt-8`}>
        {way.label}
      </Link>
      <div className="w-full text-start">
        <Attachments files={attachments} />
        {lesson.course && <Neighbours previous={previous} next={next} courseId={lesson.course.id} />}
      </div>
    </main>
  )
}
