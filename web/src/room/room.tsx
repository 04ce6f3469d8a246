/** The live side of a lesson: opens the classroom, and shows the room or the console for whoever entered. */
import { useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useEffect, useState } from 'react'
import type { Role } from '../../../signaling/protocol/events.ts'
import type { Lesson } from '../../../src/courses/schema.ts'
import { onServerEvent, onServerEventsConnected } from '../api/events.ts'
import { playApi } from '../api/play.ts'
import { takeTicket } from '../api/tickets.ts'
import { Classroom } from '../classroom/classroom.ts'
import { isUnpaid } from '../classroom/connection.ts'
import { TeacherConsole } from '../console/teacher-console.tsx'
import { RoomSkeleton } from '../lesson/room-skeleton.tsx'
import { BroadcastPlayer } from '../player/broadcast-player.ts'
import { openLive } from '../player/live-stream.ts'
import { randomUuid } from '../random-uuid.ts'
import { serverClock } from '../server-clock.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { Announcements } from './announcements.tsx'
import { ClassroomProvider } from './classroom-context.ts'
import { Out } from './out.tsx'
import { StudentRoom } from './student-room.tsx'
import { useAttendance } from './use-attendance.ts'

type Props = {
  lesson: Lesson
  role: Role
  /** The class is over: the page knows what comes next. */
  onOver: () => void
  onInside: (inside: boolean) => void
}

export function Room({ lesson, role, onOver, onInside }: Props) {
  const [classroom, setClassroom] = useState<Classroom | null>(null)
  const { id } = lesson
  useEffect(() => {
    const player = role === 'teacher' ? {} : { player: broadcastPlayer(id), boardSoFar: playApi.boardSoFar }
    const opened = new Classroom({ role, getTicket: () => takeTicket(id), ...player })
    setClassroom(opened)
    opened.start()
    onInside(true)
    return () => opened.close()
  }, [id, role, onInside])
  useNoticeRights(classroom)
  useAttendance(classroom, lesson, role === 'student')
  if (!classroom) return <RoomSkeleton />
  return (
    <ClassroomProvider value={{ classroom, lesson, role, isStaff: role !== 'student' }}>
      <Announcements />
      <Inside classroom={classroom} lesson={lesson} role={role} onOver={onOver} />
    </ClassroomProvider>
  )
}

const broadcastPlayer = (lessonId: string) =>
  new BroadcastPlayer({
    playerId: randomUuid(),
    play: (request) => playApi.playLive(lessonId, request),
    renewLease: playApi.renewLease,
    releaseLease: playApi.releaseLease,
    openLive,
    now: serverClock.now,
  })

/** A purchase lifts the trial or opens the room again, the moment it is known; a right that was lost ends the broadcast. */
function useNoticeRights(classroom: Classroom | null) {
  useEffect(() => {
    if (!classroom) return
    const { player } = classroom.viewing
    const look = () => {
      void classroom.noticeRights()
      void player?.check()
    }
    const stops = [
      onServerEvent('rightsChanged', look),
      onServerEventsConnected(look),
      onServerEvent('playerChanged', ({ playerId }) => player?.otherPlays(playerId)),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }, [classroom])
}

type InsideProps = Pick<Props, 'lesson' | 'role' | 'onOver'> & { classroom: Classroom }

function Inside({ classroom, lesson, role, onOver }: InsideProps) {
  const { phase, entered, reason } = useStore(classroom.connection.view)
  // Drawing the room takes long on a small machine: in the background it does not hold up the picture on its way.
  const drawn = useDeferredValue(entered)
  const ended = useStorePart(classroom.room, ({ status }) => status === 'ended')
  const over = ended || (phase === 'out' && reason === 'lesson_ended')
  const queries = useQueryClient()
  useEffect(() => {
    if (!over) return
    onOver()
    void queries.invalidateQueries({ queryKey: ['lessons'] })
  }, [over, onOver, queries])
  const mayStay = entered && isUnpaid(reason) && lesson.course !== null
  if (phase === 'out' && !over && !mayStay) return <Out reason={reason ?? 'internal'} onOver={onOver} />
  if (!drawn) return <RoomSkeleton />
  return role === 'teacher' ? <TeacherConsole /> : <StudentRoom />
}
