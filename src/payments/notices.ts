/** What providers tell by themselves: believed only with a right signature, and answered so that they come again when it could not be stored. */
import { AppError } from '../../signaling/protocol/errors.ts'
import type { PaymentsDeps } from './deps.ts'
import { NoticeRefused, type PaymentProvider, type RawNotice } from './provider.ts'

/** Providers give up waiting after five seconds, and come again. */
const ANSWER_WITHIN_MS = 4000
/** So many notices out of their time within ten minutes mean that the clock of this machine is wrong. */
const CLOCK_ALARM = 5
const CLOCK_WINDOW_MS = 10 * 60_000

export function createNotices(deps: PaymentsDeps) {
  const untimely: number[] = []

  function refused(provider: PaymentProvider, { reason }: NoticeRefused): void {
    const { log, now } = deps
    if (reason === 'foreign') log.error({ provider: provider.name }, 'a genuine notice for another merchant')
    else log.warn({ provider: provider.name, reason }, 'a notice was refused')
    if (reason !== 'timestamp') return
    untimely.push(now())
    while (untimely[0]! < now() - CLOCK_WINDOW_MS) untimely.shift()
    if (untimely.length === CLOCK_ALARM)
      log.error({ provider: provider.name }, 'many notices are out of time: is the clock of this machine right?')
  }

  /** Returns once everything that the notice says is stored; throws `NoticeRefused` for one that must not be believed. */
  return async function takeNotice(name: PaymentProvider['name'], raw: RawNotice): Promise<void> {
    const provider = deps.providers.find((each) => each.name === name)
    if (!provider) throw new AppError('not_found', `${name} is not set up here`)
    const notice = readOrRefuse(provider, raw)
    await within(ANSWER_WITHIN_MS, apply(notice))
  }

  function readOrRefuse(provider: PaymentProvider, raw: RawNotice) {
    try {
      return { name: provider.name, ...provider.readNotice(raw) }
    } catch (error) {
      if (error instanceof NoticeRefused) refused(provider, error)
      throw error
    }
  }

  async function apply({ name: provider, ...notice }: ReturnType<typeof readOrRefuse>): Promise<void> {
    const { settle, refundReported } = deps.settlement
    if (notice.kind === 'refund') await refundReported({ ...notice, provider, source: 'notice' })
    if (notice.kind !== 'payment') return
    const outcome = await settle({ ...notice, provider, source: 'notice' })
    if (outcome === 'other_transaction') throw new AppError('conflict', 'this number was paid by another transaction')
  }
}

async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('unavailable', 'too slow')), milliseconds)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
