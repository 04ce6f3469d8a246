/** Ways to spoil the payment core, each with the tests that must notice; `npm run mutations` tries them all. */
import { adapterMutations } from './adapters.ts'
import { databaseMutations } from './database.ts'
import { noticeMutations } from './notices.ts'
import { orderMutations } from './orders.ts'
import { reconciliationMutations } from './reconciliation.ts'
import { refundMutations } from './refunds.ts'

export type Mutation = {
  name: string
  file: string
  /** Is there exactly once. */
  find: string
  replace: string
  tests: string
  /** Narrows the tests, a pattern for each depth. */
  grep?: string[]
}

export const mutations: Mutation[] = [
  ...adapterMutations,
  ...noticeMutations,
  ...orderMutations,
  ...refundMutations,
  ...reconciliationMutations,
  ...databaseMutations,
]
