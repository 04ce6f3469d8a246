/** A lesson as a card: large while it is live, with a countdown before, as one line afterwards. */
import { useQueryClient } from '@tanstack/react-query'
import { Clock, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Lesson } from '../../../src/courses/schema.ts'
import { clockTime, count } from '../format.ts'
import { lengthText, momentText, roughDuration } from '../i18n/texts.ts'
import { Avatar } from '../ui/avatar.tsx'
import { classes } from '../ui/classes.ts'
import { Cover } from '../ui/cover.tsx'
import { LiveCover } from '../ui/live-cover.tsx'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'
import { askForRoom, preloadRoom, usePreloadedRoom } from './preload.ts'

const linkClasses =
  'group block overflow-hidden rounded-card border bg-surface shadow-card transition-shadow duration-200 hover:shadow-raised'

/** `alone`: the only live lesson gets the whole width, and says what it is about. */
export function LiveCard({ lesson, alone }: { lesson: Lesson; alone: boolean }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  usePreloadedRoom()
  return (
    <Link
      to={`/lessons/${lesson.id}`}
      className={classes(linkClasses, alone && 'md:grid md:grid-cols-[1.25fr_1fr]')}
      data-testid={`lesson-${lesson.id}`}
      onPointerEnter={preloadRoom}
      onFocus={preloadRoom}
      onClick={() => askForRoom(queries, lesson)}
    >
      <div className={classes('relative overflow-hidden', alone ? 'aspect-video' : 'aspect-[2/1]')}>
        <LiveCover lesson={lesson} className="size-full transition-transform duration-200 group-hover:scale-[1.02]" />
        <LiveMarks lesson={lesson} />
      </div>
      <div className={classes('flex gap-3 p-4', alone ? 'flex-col sm:p-6 md:justify-center md:p-8' : 'items-center')}>
        {alone && <h3 className="display text-balance text-lg sm:text-xl">{lesson.title}</h3>}
        {alone && <p className="line-clamp-3 text-muted text-sm">{lesson.description}</p>}
        <div className={classes('flex min-w-0 flex-1 items-center gap-3', alone && 'md:flex-none')}>
          <Avatar name={lesson.teacher.displayName} staff />
          <div className="min-w-0 flex-1">
            {!alone && <h3 className="display truncate text-lg">{lesson.title}</h3>}
            <p className={classes('truncate', alone ? 'text-sm' : 'text-muted text-sm')}>
              {lesson.teacher.displayName}
            </p>
          </div>
        </div>
        <span
          className={classes(
            'shrink-0 rounded-control bg-accent-fill px-5 py-2.5 text-center font-medium text-on-accent text-sm group-hover:bg-accent-fill-hover',
            alone ? 'mt-1 md:self-start' : 'max-[400px]:hidden',
          )}
        >
          {t('home.enter')}
        </span>
      </div>
    </Link>
  )
}

function LiveMarks({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation()
  const now = useNow()
  return (
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
