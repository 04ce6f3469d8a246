/** The one thing to do with a course now: go in, go on, begin, take, buy. */
import type { CoursePage, OutlineLesson } from '../../../src/courses/schema.ts'

export type NextStep =
  | { to: 'enter' | 'resume' | 'begin'; lesson: Pick<OutlineLesson, 'id' | 'title'> }
  | { to: 'take' | 'buy' }
  /** Nothing in it can be opened yet. */
  | { to: 'wait' }
  /** It is not on sale any more. */
  | { to: 'none' }

const isOn = ({ live }: OutlineLesson) =>
  live?.status === 'live' || live?.status === 'paused' || live?.status === 'lobby'
const lessonsOf = ({ outline }: Pick<CoursePage, 'outline'>) => outline.flatMap(({ lessons }) => lessons)

export function nextStepOf(page: Pick<CoursePage, 'course' | 'outline' | 'viewer'>): NextStep {
  const { course, viewer } = page
  if (!viewer?.right) {
    if (course.status !== 'published') return { to: 'none' }
    return { to: course.priceFen === 0 ? 'take' : 'buy' }
  }
  const lessons = lessonsOf(page)
  const on = lessons.find(isOn)
  if (on) return { to: 'enter', lesson: on }
  const { last } = viewer.progress
  if (last) return { to: 'resume', lesson: last }
  const first = lessons.find(({ ready }) => ready) ?? lessons[0]
  return first ? { to: 'begin', lesson: first } : { to: 'wait' }
}

/** What can be tried before it is bought: what is live now first, then what is free, then what opens in part. */
export function tasteOf(page: Pick<CoursePage, 'outline'>): OutlineLesson | undefined {
  const open = lessonsOf(page).filter(({ free, trialSeconds, ready }) => ready && (free || trialSeconds > 0))
  return open.find(isOn) ?? open.find(({ free, live }) => free && !live) ?? open.find(({ live }) => !live)
}
