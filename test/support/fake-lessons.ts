/** Lessons kept in memory, moved by the protocol's own state machine. */
import type { Lessons } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type LessonState, type LessonStatus, lessonTransitions } from '../../signaling/protocol/lesson.ts'

export function createFakeLessons(now: () => number): Lessons & { set(id: string, status: LessonStatus): void } {
  const states = new Map<string, LessonState>()
  const stateOf = (id: string) => states.get(id) ?? { status: 'lobby', startedAt: null, endedAt: null }
  return {
    set: (id, status) => states.set(id, { ...stateOf(id), status }),
    stateOf: async (id) => stateOf(id),
    touch: async () => {},
    async advance(id, action) {
      const state = stateOf(id)
      const { from, to } = lessonTransitions[action]
      if (!(from as readonly LessonStatus[]).includes(state.status)) throw new AppError('conflict')
      const startedAt = action === 'start' ? now() : state.startedAt
      const moved = { status: to, startedAt, endedAt: to === 'ended' ? now() : null }
      states.set(id, moved)
      return moved
    },
  }
}
