/** One address for a lesson's whole life: introduction, lobby, live class, farewell. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useState } from 'react'
import { useParams } from 'react-router'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { api, session } from '../api/api.ts'
import { isLive } from '../api/course-calls.ts'
import { codeOf } from '../api/errors.ts'
import { NotFound } from '../layout/not-found.tsx'
import { PageFrame, useTitle } from '../layout/page-frame.tsx'
import { serverClock } from '../server-clock.ts'
import { Failed } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { Ended } from './ended.tsx'
import { Intro } from './intro.tsx'
import { loadRoom } from './load-room.ts'
import { RoomSkeleton } from './room-skeleton.tsx'
import { Study } from './study.tsx'

const Room = lazy(() => loadRoom().then((module) => ({ default: module.Room })))

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
    queryKey: ['lesson', id],
    queryFn: () => api.lesson(id),
    refetchInterval: inside ? false : REFRESH_MS,
    enabled: signIn !== 'unknown',
    staleTime: 0,
  })
  const { data: page, error } = query
  useTitle(page?.lesson.title)
  useEffect(() => {
    if (signIn === 'signed_in') void loadRoom()
  }, [signIn])
  const refresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['lesson', id] }), [queries, id])
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
        <Study page={page} />
      </PageFrame>
    )
  const { lesson, role } = page
  if (lesson.status === 'ended')
    return (
      <PageFrame>
        <Ended page={page} />
      </PageFrame>
    )
  if (role && (inside || mayEnter(page)))
    return (
      <Suspense fallback={<RoomSkeleton />}>
        <Room lesson={lesson} role={role} onOver={refresh} onInside={setInside} />
      </Suspense>
    )
  return (
    <PageFrame>
      <Intro page={page} onEnter={role === 'teacher' ? () => setInside(true) : undefined} />
    </PageFrame>
  )
}

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
