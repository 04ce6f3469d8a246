/** A lesson after its end: its replay, or thanks and a way on. */
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { lengthText } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { buttonClasses } from '../ui/button.tsx'
import { Cover } from '../ui/cover.tsx'
import { Skeleton } from '../ui/states.tsx'
import { Attachments } from './attachments.tsx'
import { Neighbours } from './neighbours.tsx'

/** A replay that is not ready so long after the end does not come any more. */
const PREPARING_MS = 60_000
const LOOK_AGAIN_MS = 2000

const Replay = lazy(() => import('../replay/replay.tsx').then((module) => ({ default: module.Replay })))

export function Ended({ page }: { page: LessonPage }) {
  const { lesson, access, attachments, previous, next } = page
  const replay = useReplay(page)
  if (access.state === 'locked' || replay.state === 'none') return <Farewell page={page} preparing={false} />
  if (replay.state === 'preparing') return <Farewell page={page} preparing />
  return (
    <main className="mx-auto max-w-6xl px-4 pt-4 pb-16 sm:px-6 sm:pt-6" data-testid="lesson-ended">
      <h1 className="display mb-1 text-balance text-xl">{lesson.title}</h1>
      <p className="mb-4 text-muted text-sm">{lesson.teacher.displayName}</p>
      <Suspense fallback={<Skeleton className="aspect-video w-full" />}>
        <Replay key={replay.tries} page={page} onGone={replay.gone} onChanged={replay.again} />
      </Suspense>
      <Attachments files={attachments} />
      {lesson.course && <Neighbours previous={previous} next={next} courseId={lesson.course.id} />}
    </main>
  )
}

/** Whether there is a replay is known once it was asked for; just after the end it is asked for again. */
function useReplay({ lesson }: LessonPage) {
  const [state, setState] = useState<'there' | 'preparing' | 'none'>('there')
  const [tries, setTries] = useState(0)
  const { endedAt } = lesson
  const gone = useCallback(() => {
    const soon = endedAt !== null && serverClock.now() - endedAt < PREPARING_MS
    setState(soon ? 'preparing' : 'none')
  }, [endedAt])
  useEffect(() => {
    if (state !== 'preparing') return
    const timer = setTimeout(() => {
      setTries((before) => before + 1)
      setState('there')
    }, LOOK_AGAIN_MS)
    return () => clearTimeout(timer)
  }, [state])
  return { state, tries, gone, again: () => setTries(tries + 1) }
}

function Farewell({ page, preparing }: { page: LessonPage; preparing: boolean }) {
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
      <p className="mt-1 text-muted text-sm" role="status">
        {t(preparing ? 'replay.preparing' : 'lesson.endedTitle')}
      </p>
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
