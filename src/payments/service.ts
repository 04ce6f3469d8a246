/** Payments: notices, the comparison with bills, what needs a person, and the self-test. Orders are changed by whoever keeps them. */
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { listAlarms, seeAlarm } from './alarms.ts'
import type { PaymentsDeps } from './deps.ts'
import { listDifferences, listReconciliations, openDays, resolveDifference } from './differences.ts'
import { beijingDay, DAY_MS } from './money.ts'
import { createNotices } from './notices.ts'
import type { PaymentProvider } from './provider.ts'
import { reconcile } from './reconcile.ts'
import type { AlarmQuery, DifferenceQuery, Provider, SelfTest } from './schema.ts'

export type Payments = ReturnType<typeof createPayments>
type Operator = Pick<SignedInUser, 'id'>

const dailyJob = 'payments.daily'
const reconcileJob = 'payments.reconcile'
/** Both providers have the bill of the day before by ten. */
const EVERY_MORNING = '30 10 * * *'

export function createPayments(deps: PaymentsDeps) {
  const providerOf = (name: Provider): PaymentProvider => {
    const provider = deps.providers.find((each) => each.name === name)
    if (!provider) throw new AppError('not_found', `${name} is not set up here`)
    return provider
  }
  return {
    takeNotice: createNotices(deps),
    /** Now, for an operator who waits for it; throws `unavailable` where there is no bill. */
    reconcile: (provider: Provider, billDate: string) => reconcileNow(deps, providerOf(provider), billDate),
    reconciliations: (query: { after?: string }) => listReconciliations(deps.db, query),
    differences: (query: DifferenceQuery) => listDifferences(deps.db, query),
    resolve: (operator: Operator, differenceId: string, note: string) =>
      resolveDifference(deps, operator, differenceId, note),
    alarms: (query: AlarmQuery) => listAlarms(deps.db, query),
    seeAlarm: (operator: Operator, alarmId: string) => seeAlarm(deps, operator, alarmId),
    selfTest: async (): Promise<SelfTest> => ({
      checks: (await Promise.all(deps.providers.map((provider) => provider.selfTest()))).flat(),
    }),
    /** Takes the payments' background work on. */
    async work(): Promise<void> {
      const options = { retries: 8, timeoutSeconds: 600 }
      await deps.jobs.handle<ReconcileJob>(reconcileJob, options, ({ provider, billDate }) =>
        reconcile(deps, providerOf(provider), billDate),
      )
      await deps.jobs.handle(dailyJob, { retries: 3, timeoutSeconds: 60 }, () => giveOut(deps))
      await deps.jobs.every(dailyJob, EVERY_MORNING)
    },
  }
}

type ReconcileJob = { provider: Provider; billDate: string }

/** Yesterday, and what days before could not be compared. */
async function giveOut({ db, jobs, now, providers }: PaymentsDeps): Promise<void> {
  const yesterday = beijingDay(now() - DAY_MS)
  for (const { name: provider } of providers)
    for (const billDate of await openDays(db, provider, yesterday))
      await jobs.add(reconcileJob, { provider, billDate }, { key: `${provider}:${billDate}` })
}

async function reconcileNow(deps: PaymentsDeps, provider: PaymentProvider, billDate: string) {
  if (billDate >= beijingDay(deps.now())) throw new AppError('bad_request', 'this day is not over')
  await reconcile(deps, provider, billDate).catch((error) => {
    throw new AppError('unavailable', `the bill could not be compared: ${(error as Error).message}`, { cause: error })
  })
  const { reconciliations } = await listReconciliations(deps.db, { provider: provider.name, billDate })
  return reconciliations[0]!
}
