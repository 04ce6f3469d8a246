/** What payments work with. */
import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../../db/client.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { PaymentProvider, Settlement } from './provider.ts'

export type PaymentsDeps = {
  db: Db
  jobs: Jobs
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  now: () => number
  providers: PaymentProvider[]
  settlement: Settlement
}
