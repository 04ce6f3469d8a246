/** Operators: categories, memberships, and what people say of courses. */

import { Categories } from './categories.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { Plans } from './plans.tsx'
import { ReviewDesk } from './review-desk.tsx'

export function OperatorCataloguePage() {
  return (
    <OperatorFrame place="catalogue">
      <Categories />
      <Plans />
      <ReviewDesk />
    </OperatorFrame>
  )
}
