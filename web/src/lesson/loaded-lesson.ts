/** The page of a lesson, whose code is fetched when it is needed. */
import { loadable } from '../ui/loadable.tsx'
import { RoomSkeleton } from './room-skeleton.tsx'

export const LessonRoute = loadable(
  () => import('./lesson-page.tsx').then((module) => module.LessonRoute),
  RoomSkeleton,
)
