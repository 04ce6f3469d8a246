/** One address for a lesson's whole life: introduction, lobby, live class, farewell; for the other kinds, the lesson itself. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useParams, useSearchParams } from 'react-router'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { session } from '../api/api.ts'
import { isLive } from '../api/course-calls.ts'
import { codeOf } from '../api/errors.ts'
import { lessonQuery } from '../api/use-lessons.ts'
import { warmUp } from '../classroom/warm-up.ts'
import { NotFound } from '../layout/not-found.tsx'
import { PageFrame, useTitle } from '../layout/page-frame.tsx'
import { serverClock } from '../server-clock.ts'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { Ended } from './ended.tsx'
import { Intro } from './intro.tsx'
import { Room } from './loaded-room.ts'
import { RoomSkeleton } from './room-skeleton.tsx'

const Study = lazy(() => import('./study.tsx').then((module) => ({ default: module.Study })))

const REFRESH_MS = 5000

export function LessonRoute() {
  const { id = '' } = useParams()
  const { user } = useStore(session.view)
  return <LessonLife key={`${id} ${user?.id}`} id={id} />
}

function LessonLife({ id }: { id: string }) {
  const { status: signIn } = useStore(session.view)
  const [inside, setInside] = useState(false)
  const queries = useQueryClient()
  const query = useQuery({
    ...lessonQuery(id),
    refetchInterval: ({ state }) => (inside || !state.data || !isLive(state.data) ? false : REFRESH_MS),
    enabled: signIn !== 'unknown',
  })
  const { data: page, error } = query
  useTitle(page?.lesson.title)
  useEffect(() => {
    if (signIn === 'signed_in') void Room.preload().then(warmUp)
  }, [signIn])
  const refresh = useCallback(
    () => void queries.invalidateQueries({ queryKey: lessonQuery(id).queryKey }),
    [queries, id],
  )
  useOpening(page && isLive(page) ? page : undefined, refresh)

  if (error && !page)
    return (
      <PageFrame>
        {codeOf(error) === 'not_found' || codeOf(error) === 'bad_request' ? (
          <NotFound />
        ) : (
          <Failed error={error} onRetry={() => void query.refetch()} />
        )}
      </PageFrame>
    )
  if (!page) return <RoomSkeleton />
  if (!isLive(page))
    return (
      <PageFrame>
        <Suspense fallback={<StudyShape />}>
          <Study page={page} />
        </Suspense>
      </PageFrame>
    )
  return <LiveLife page={page} inside={inside} onInside={setInside} refresh={refresh} />
}

const StudyShape = () => (
  <div className="mx-auto flex max-w-6xl flex-col gap-4 px-4 pt-8 sm:px-6">
    <Skeleton className="h-8 w-2/3" />
    <Skeleton className="h-80 rounded-card" />
  </div>
)

type LiveProps = { page: LessonPage; inside: boolean; onInside: (inside: boolean) => void; refresh: () => void }

function LiveLife({ page, inside, onInside, refresh }: LiveProps) {
  const [params] = useSearchParams()
  const { lesson, role, access } = page
  if (lesson.status === 'ended')
    return (
      <PageFrame>
        <Ended page={page} />
      </PageFrame>
    )
  const asked = access.state === 'open' || params.has(TRY)
  if (role && (inside || (asked && access.state !== 'locked' && mayEnter(page))))
    return <Room lesson={lesson} role={role} onOver={refresh} onInside={onInside} />
  const mayAsk = role === 'teacher' || (access.state === 'trial' && mayEnter(page))
  return (
    <PageFrame>
      <Intro page={page} onEnter={mayAsk ? () => onInside(true) : undefined} />
    </PageFrame>
  )
}

/** In the address: the trial was asked for, and begins at once. */
const TRY = 'try'

/** Students from the opening of the lobby on; a teacher who is early is asked first. */
const mayEnter = ({ lesson }: LessonPage) => lesson.status !== 'scheduled' || serverClock.now() >= lesson.lobbyOpensAt

/** Looks again at the moment the lobby opens. */
function useOpening(page: LessonPage | undefined, refresh: () => void) {
  const opensAt = page?.lesson.status === 'scheduled' ? page.lesson.lobbyOpensAt : null
  useEffect(() => {
    const wait = opensAt === null ? -1 : opensAt - serverClock.now()
    if (wait <= 0 || wait > 2 ** 31 - 1) return
    const timer = setTimeout(refresh, wait + 50)
    return () => clearTimeout(timer)
  }, [opensAt, refresh])
}
