/** Lessons kept in memory, moved by the protocol's own state machine. */
import type { Lessons } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type LessonState, type LessonStatus, lessonTransitions } from '../../signaling/protocol/lesson.ts'

export function createFakeLessons(
  now: () => number,
): Lessons & { set(id: string, status: LessonStatus): void; cancel(id: string): void } {
  const states = new Map<string, LessonState>()
  const cancelled = new Set<string>()
  const stateOf = (id: string): LessonState => {
    if (cancelled.has(id)) throw new AppError('not_found')
    return states.get(id) ?? { status: 'lobby', startedAt: null, endedAt: null }
  }
  return {
    set: (id, status) => states.set(id, { ...stateOf(id), status }),
    cancel: (id) => cancelled.add(id),
    stateOf: async (id) => stateOf(id),
    touch: async (id) => stateOf(id),
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
