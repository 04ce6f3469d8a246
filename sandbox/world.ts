/** What all parts of the sandbox share. */
import { join } from 'node:path'
import type { Clock } from './clock.ts'
import type { Faults, Provider } from './faults.ts'
import type { Collection, Journal } from './journal.ts'
import type { Keys, Merchant } from './keys.ts'
import type { Notice, Notices } from './notices.ts'
import type { Options } from './options.ts'
import type { RequestLog } from './request-log.ts'

/** Something that a payer can scan or open. */
export type PaymentCode = {
  /** As the provider hands it out. */
  code: string
  provider: Provider
  /** Key of the trade it pays. */
  trade: string
  expiresAt: number
}

export type World = {
  options: Options
  clock: Clock
  faults: Faults
  keys: Keys
  journal: Journal
  codes: Collection<PaymentCode>
  noticesKept: Collection<Notice>
  notices: Notices
  requests: RequestLog
  /** How many were signed: while a merchant changes over, one key takes turns with the other. */
  noticesSigned: number
  /** Where browsers find the payer's pages, without a slash at its end. */
  pagesUrl: string
}

export const filesOf = (folder: string) => ({
  keys: join(folder, 'keys.json'),
  journal: join(folder, 'journal.jsonl'),
  settings: join(folder, 'settings.env'),
  address: join(folder, 'sandbox.json'),
})

export const merchantsOf = ({ keys }: Pick<World, 'keys'>): Merchant[] => Object.values(keys.merchants)
