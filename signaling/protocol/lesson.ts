/** A lesson's life: one state machine, moved only on the server's clock. */
import { oneOf } from './define.ts'

export const lessonStatuses = ['scheduled', 'lobby', 'live', 'paused', 'ended'] as const
export type LessonStatus = (typeof lessonStatuses)[number]
export const LessonStatusSchema = oneOf<LessonStatus>(...lessonStatuses)

/** Each action, the states it may start from, and the state it leads to. */
export const lessonTransitions = {
  openLobby: { from: ['scheduled'], to: 'lobby' },
  start: { from: ['scheduled', 'lobby'], to: 'live' },
  pause: { from: ['live'], to: 'paused' },
  resume: { from: ['paused'], to: 'live' },
  end: { from: ['live', 'paused'], to: 'ended' },
} as const satisfies Record<string, { from: readonly LessonStatus[]; to: LessonStatus }>

export type LessonAction = keyof typeof lessonTransitions

/** Where a lesson stands. `startedAt` is the moment it first went live. */
export type LessonState = { status: LessonStatus; startedAt: number | null; endedAt: number | null }
