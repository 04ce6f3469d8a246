/** Tells the server what of the class this student was there for, where the class belongs to a course. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Lesson } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { Attendance } from '../classroom/attendance.ts'
import type { Classroom } from '../classroom/classroom.ts'
import { serverClock } from '../server-clock.ts'

export function useAttendance(classroom: Classroom | null, { id, course }: Lesson, attends: boolean) {
  const queries = useQueryClient()
  const counts = attends && course !== null
  useEffect(() => {
    if (!classroom || !counts) return
    const report = (what: Parameters<typeof api.reportProgress>[1]) => api.reportProgress(id, what)
    const attendance = new Attendance({ now: serverClock.now, report })
    const look = () => {
      const { status, startedAt } = classroom.room.get()
      const here = classroom.connection.view.get().phase === 'connected' && status === 'live'
      attendance.notice(here ? startedAt : null)
    }
    const leave = () => document.visibilityState === 'hidden' && attendance.tell()
    document.addEventListener('visibilitychange', leave)
    const stops = [classroom.room.subscribe(look), classroom.connection.view.subscribe(look)]
    look()
    return () => {
      for (const stop of stops) stop()
      document.removeEventListener('visibilitychange', leave)
      attendance.close()
      void queries.invalidateQueries({ queryKey: ['course'], refetchType: 'none' })
    }
  }, [classroom, id, counts, queries])
}
