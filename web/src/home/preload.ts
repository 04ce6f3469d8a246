/** Fetches what a click on a live lesson will need, ahead of the click. */
import type { QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Lesson } from '../../../src/courses/schema.ts'
import { session } from '../api/api.ts'
import { askAhead } from '../api/tickets.ts'
import { lessonQuery } from '../api/use-lessons.ts'
import { warmUp } from '../classroom/warm-up.ts'
import { LessonRoute } from '../lesson/loaded-lesson.ts'
import { Room } from '../lesson/loaded-room.ts'

/** The code, and the browser's media engine. */
export function preloadRoom(): void {
  void Promise.all([LessonRoute.preload(), Room.preload()]).then(warmUp)
}

/** Preloads as soon as the page has nothing else to do, for those who may enter. */
export function usePreloadedRoom(): void {
  useEffect(() => {
    if (session.view.get().status === 'signed_out') return
    if (!globalThis.requestIdleCallback) {
      const timer = setTimeout(preloadRoom, 500)
      return () => clearTimeout(timer)
    }
    const idle = requestIdleCallback(preloadRoom)
    return () => cancelIdleCallback(idle)
  }, [])
}

/** At the click: what the page and the room will ask for first, both at once. */
export function askForRoom(queries: QueryClient, lesson: Lesson): void {
  if (entersAtOnce(lesson)) askAhead(lesson.id)
  void queries.prefetchQuery(lessonQuery(lesson.id))
}

/** A ticket to a lesson that may be tried starts the trial: it is not asked for before its viewer does. */
const entersAtOnce = ({ course, free, trialSeconds }: Lesson) => course === null || free || trialSeconds === 0
