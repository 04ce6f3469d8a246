/** The way on from a lesson, and back: what comes after it, what came before. */
import { ArrowLeft, ArrowRight, Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { classes } from '../ui/classes.ts'

type Neighbour = NonNullable<StudyPage['next']>
type Props = Pick<StudyPage, 'previous' | 'next'> & { courseId: string }

export function Neighbours({ previous, next, courseId }: Props) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('study.around')} className="mt-10 grid gap-3 border-t pt-6 sm:grid-cols-2">
      {previous ? <To lesson={previous} /> : <span className="max-sm:hidden" />}
      {next ? (
        <To lesson={next} forward />
      ) : (
        <Link to={`/courses/${courseId}`} className={classes(boxClasses, 'sm:text-end')}>
          <span className="block text-muted text-xs">{t('study.last')}</span>
          <span className="block font-medium text-sm">{t('study.backToCourse')}</span>
        </Link>
      )}
    </nav>
  )
}

const boxClasses = 'min-w-0 rounded-card border bg-surface px-4 py-3 transition-colors duration-150 hover:bg-sunken'

function To({ lesson, forward }: { lesson: Neighbour; forward?: boolean }) {
  const { t } = useTranslation()
  const Arrow = forward ? ArrowRight : ArrowLeft
  return (
    <Link
      to={`/lessons/${lesson.id}`}
      rel={forward ? 'next' : 'prev'}
      data-testid={forward ? 'next-lesson' : 'previous-lesson'}
      className={classes(
        boxClasses,
        'flex items-center gap-3',
        forward && 'flex-row-reverse text-end max-sm:order-first',
      )}
    >
      <Arrow size={18} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block text-muted text-xs">{t(forward ? 'study.next' : 'study.previous')}</span>
        <span className="flex items-center gap-1.5 font-medium text-sm">
          <span className={classes('min-w-0 truncate', forward && 'ms-auto')}>{lesson.title}</span>
          {lesson.access === 'locked' && (
            <Lock size={13} role="img" aria-label={t('course.mark.locked')} className="shrink-0 text-muted" />
          )}
        </span>
      </span>
    </Link>
  )
}
