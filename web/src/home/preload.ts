/** Fetches what a click on a live lesson will need, ahead of the click. */
import { loadRoom } from '../lesson/load-room.ts'

const loadLesson = () => import('../lesson/lesson-page.tsx')

export function preloadRoom(): void {
  void loadRoom()
  void loadLesson()
}
