/** How operators arrange what is on sale. All of it is in the audit log. */
import type { Viewer } from '../lesson.ts'
import type { CategoryChange, NewCategory, NewPlan, PlanChange } from '../schema.ts'
import { addCategory, changeCategory, type OperatingDeps, orderCategories, removeCategory } from './categories.ts'
import { addPlan, changePlan, listAllPlans } from './plans.ts'
import { hideReview, latestReviews } from './reviews.ts'

export type Operating = ReturnType<typeof createOperating>

export function createOperating(deps: OperatingDeps) {
  return {
    addCategory: (user: Viewer, category: NewCategory) => addCategory(deps, user, category),
    changeCategory: (user: Viewer, id: string, change: CategoryChange) => changeCategory(deps, user, id, change),
    removeCategory: (user: Viewer, id: string) => removeCategory(deps, user, id),
    orderCategories: (ids: string[]) => orderCategories(deps, ids),
    plans: () => listAllPlans(deps),
    addPlan: (user: Viewer, plan: NewPlan) => addPlan(deps, user, plan),
    changePlan: (user: Viewer, id: string, change: PlanChange) => changePlan(deps, user, id, change),
    reviews: (user: Viewer, after?: string) => latestReviews(deps, user, after),
    hideReview: (user: Viewer, id: string, hidden: boolean) => hideReview(deps, user, id, hidden),
  }
}
