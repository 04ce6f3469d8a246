/** A lesson as a card: large while it is live, with a countdown before, as one line afterwards. */
import { Clock, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Lesson } from '../../../src/courses/schema.ts'
import { clockTime, count } from '../format.ts'
import { lengthText, momentText, roughDuration } from '../i18n/texts.ts'
import { preloadRoom } from '../lesson/preload.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Cover } from '../ui/cover.tsx'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'

const linkClasses =
  'group block overflow-hidden rounded-card border bg-surface shadow-card transition-shadow duration-200 hover:shadow-raised'

export function LiveCard({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
    <Link
      to={`/lessons/${lesson.id}`}
      className={linkClasses}
      data-testid={`lesson-${lesson.id}`}
      onPointerEnter={preloadRoom}
      onFocus={preloadRoom}
    >
      <div className="relative aspect-[2/1] overflow-hidden">
        <Cover seed={lesson.id} className="size-full transition-transform duration-200 group-hover:scale-[1.02]" />
        <div className="absolute inset-x-3 top-3 flex items-center gap-2">
          {lesson.status === 'paused' ? (
            <Pill tone="stage">{t('status.paused')}</Pill>
          ) : (
            <LivePill>{lesson.startedAt !== null && <span>{clockTime(now - lesson.startedAt)}</span>}</LivePill>
          )}
          <Pill tone="stage">
            <Users size={12} aria-hidden />
            <span className="sr-only">{t('people', { count: lesson.online })}</span>
            <span aria-hidden>{count(lesson.online)}</span>
          </Pill>
        </div>
      </div>
      <div className="flex items-center gap-3 p-4">
        <Avatar name={lesson.teacher.displayName} staff />
        <div className="min-w-0 flex-1">
          <h3 className="display truncate text-lg">{lesson.title}</h3>
          <p className="truncate text-muted text-sm">{lesson.teacher.displayName}</p>
        </div>
        <span className="hidden shrink-0 rounded-control bg-accent-fill px-4 py-2 font-medium text-on-accent text-sm group-hover:bg-accent-fill-hover min-[400px]:inline">
          {t('home.enter')}
        </span>
      </div>
    </Link>
  )
}

export function UpcomingCard({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation()
  const now = useNow()
  const left = lesson.startsAt - now
  return (
    <Link to={`/lessons/${lesson.id}`} className={`${linkClasses} flex flex-col`} data-testid={`lesson-${lesson.id}`}>
      <div className="flex flex-1 gap-4 p-4">
        <Cover seed={lesson.id} className="h-16 w-24 shrink-0 rounded-control" />
        <div className="min-w-0 flex-1">
          <h3 className="display line-clamp-2 text-base leading-snug">{lesson.title}</h3>
          <p className="mt-1 truncate text-muted text-sm">{lesson.teacher.displayName}</p>
        </div>
      </div>
      <div className="flex items-center justify-between gap-2 border-t px-4 py-2.5 text-sm">
        <span className="tabular truncate">{momentText(lesson.startsAt, now, t)}</span>
        <span className="tabular shrink-0 text-accent">
          {left <= 0
            ? t('time.soon')
            : t('time.startsIn', { duration: left < 3_600_000 ? clockTime(left) : roughDuration(left, t) })}
        </span>
      </div>
    </Link>
  )
}

export function EndedRow({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation()
  const now = useNow(60_000)
  const length = lesson.startedAt && lesson.endedAt ? Math.round((lesson.endedAt - lesson.startedAt) / 60_000) : 0
  return (
    <li>
      <Link
        to={`/lessons/${lesson.id}`}
        className="flex items-center gap-4 px-4 py-3 transition-colors duration-150 hover:bg-sunken"
      >
        <Cover seed={lesson.id} className="h-10 w-16 shrink-0 rounded-control" />
        <div className="min-w-0 flex-1">
          <h3 className="truncate font-medium text-sm">{lesson.title}</h3>
          <p className="truncate text-muted text-xs">{lesson.teacher.displayName}</p>
        </div>
        <div className="tabular shrink-0 text-end text-muted text-xs">
          <p>{momentText(lesson.endedAt ?? lesson.startsAt, now, t)}</p>
          {length > 0 && (
            <p className="inline-flex items-center gap-1">
              <Clock size={11} aria-hidden />
              {lengthText(length, t)}
            </p>
          )}
        </div>
      </Link>
    </li>
  )
}
