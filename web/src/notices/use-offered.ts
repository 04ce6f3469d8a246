/** What is offered, as the shop has it now: its name, its price, and whether one has it already. */
import type { Offer } from '../../../signaling/protocol/notices.ts'
import { useCourse } from '../course/use-course.ts'
import { usePlans } from '../membership/use-plans.ts'

export type Offered = {
  title: string
  priceFen: number
  listPriceFen: number | null
  coverUrl: string | null
  seed: string
  /** Nothing needs to be bought: one has it, or it is one's own. */
  had: boolean
}

/** Undefined while nothing is known; null where it is not on sale any more. */
export function useOffered(offer: Offer): Offered | null | undefined {
  const courseId = 'courseId' in offer ? offer.courseId : undefined
  const course = useCourse(courseId)
  const plans = usePlans(courseId === undefined)
  if (courseId !== undefined) {
    if (!course.data) return course.error ? null : undefined
    const { id, title, priceFen, listPriceFen, coverUrl, status } = course.data.course
    const had = course.data.viewer?.right != null
    return had || status === 'published' ? { title, priceFen, listPriceFen, coverUrl, seed: id, had } : null
  }
  if (!plans.data) return plans.error ? null : undefined
  const plan = plans.data.plans.find((each) => 'planId' in offer && each.id === offer.planId)
  if (!plan) return null
  const { id, title, priceFen, listPriceFen, mine, onSale } = plan
  return mine || onSale ? { title, priceFen, listPriceFen, coverUrl: null, seed: id, had: mine !== null } : null
}
