/** The lessons of a course, chapter by chapter: what kind each is, whether it is open, whether it is done. */
import { ChevronDown, CircleCheck, FileText, Lock, NotebookText, Play, Radio } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Outline as Chapters, LessonKind, OutlineLesson } from '../../../src/courses/schema.ts'
import { clockTime } from '../format.ts'
import { momentText, roughDuration } from '../i18n/texts.ts'
import { classes } from '../ui/classes.ts'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'

type Props = { outline: Chapters; currentId?: string; compact?: boolean }

export function Outline({ outline, currentId, compact }: Props) {
  const { t } = useTranslation()
  const chapters = outline.filter(({ lessons }) => lessons.length > 0)
  if (chapters.length === 0) return <p className="text-muted text-sm">{t('course.noLessons')}</p>
  return (
    <div className="flex flex-col gap-3" data-testid="outline">
      {chapters.map(({ id, title, lessons }) =>
        id === null ? (
          <LessonList key="loose" lessons={lessons} currentId={currentId} compact={compact} />
        ) : (
          <details key={id} open className="group/chapter">
            <summary className="flex cursor-pointer list-none items-center gap-2 rounded-control py-1.5 font-medium text-sm [&::-webkit-details-marker]:hidden">
              <ChevronDown
                size={16}
                aria-hidden
                className="-rotate-90 shrink-0 text-muted transition-transform duration-150 group-open/chapter:rotate-0"
              />
              <span className="min-w-0 flex-1">{title}</span>
              <span className="tabular shrink-0 font-normal text-muted text-xs">
                {t('course.lessons', { count: lessons.length })}
              </span>
            </summary>
            <div className="pt-1.5">
              <LessonList lessons={lessons} currentId={currentId} compact={compact} />
            </div>
          </details>
        ),
      )}
    </div>
  )
}

type ListProps = { lessons: OutlineLesson[]; currentId: string | undefined; compact: boolean | undefined }

function LessonList({ lessons, currentId, compact }: ListProps) {
  return (
    <ol className={classes('divide-y overflow-hidden rounded-card border bg-surface', compact && 'text-sm')}>
      {lessons.map((lesson) => (
        <LessonRow key={lesson.id} lesson={lesson} current={lesson.id === currentId} compact={compact} />
      ))}
    </ol>
  )
}

const icons: Record<LessonKind, typeof Play> = { live: Radio, video: Play, article: NotebookText, document: FileText }

type RowProps = { lesson: OutlineLesson; current: boolean; compact: boolean | undefined }

function LessonRow({ lesson, current, compact }: RowProps) {
  const { t } = useTranslation()
  const Icon = icons[lesson.kind]
  return (
    <li>
      <Link
        to={`/lessons/${lesson.id}`}
        aria-current={current ? 'page' : undefined}
        data-testid={`outline-${lesson.id}`}
        data-access={lesson.access}
        className={classes(
          'flex items-center gap-3 px-3 transition-colors duration-150 hover:bg-sunken focus-visible:-outline-offset-2',
          compact ? 'py-2' : 'py-3 sm:px-4',
          current && 'bg-accent-soft',
        )}
      >
        <Icon
          size={compact ? 16 : 18}
          strokeWidth={1.75}
          role="img"
          aria-label={t(`course.kind.${lesson.kind}`)}
          className={classes('shrink-0', current ? 'text-accent' : 'text-muted')}
        />
        <span className="min-w-0 flex-1">
          <span className={classes('block', compact ? 'line-clamp-2 leading-snug' : 'text-sm sm:text-base')}>
            {lesson.title}
          </span>
          <Facts lesson={lesson} />
        </span>
        <Mark lesson={lesson} />
      </Link>
    </li>
  )
}

/** How long it is, or when it takes place. */
function Facts({ lesson: { live, durationMs, ready, kind } }: { lesson: OutlineLesson }) {
  const { t } = useTranslation()
  const now = useNow(60_000)
  const text = live
    ? live.status === 'ended'
      ? t('status.ended')
      : momentText(live.startsAt, now, t)
    : !ready
      ? t('course.notReady')
      : durationMs !== null
        ? clockTime(durationMs)
        : t(`course.kind.${kind}`)
  return <span className="tabular block text-muted text-xs">{text}</span>
}

function Mark({ lesson }: { lesson: OutlineLesson }) {
  const { t } = useTranslation()
  const { access, free, trialSeconds, completed, live } = lesson
  return (
    <span className="flex shrink-0 items-center gap-2">
      {live?.status === 'live' && <LivePill />}
      {live?.status === 'lobby' && <Pill tone="accent">{t('status.lobby')}</Pill>}
      {free ? (
        <Pill tone="good">{t('course.mark.free')}</Pill>
      ) : access !== 'open' && trialSeconds > 0 ? (
        <Pill tone="accent" title={t('course.mark.trialFor', { duration: roughDuration(trialSeconds * 1000, t) })}>
          {t('course.mark.trial')}
        </Pill>
      ) : null}
      {completed ? (
        <CircleCheck size={18} role="img" aria-label={t('course.mark.done')} className="text-good" />
      ) : access === 'locked' && !free && trialSeconds === 0 ? (
        <Lock size={16} role="img" aria-label={t('course.mark.locked')} className="text-muted" />
      ) : null}
    </span>
  )
}
