/** Fen and yuan, and the numbers that payments and refunds have at a provider. */
import { randomBytes, randomInt } from 'node:crypto'

const YUAN = /^(\d{1,9})(?:\.(\d{1,2}))?$/

/** `199.5` yuan are 19950 fen. Text in, integer out: no fraction of a fen ever exists. Throws for anything else. */
export function fenOf(yuan: string): number {
  const [, whole, hundredths = ''] = YUAN.exec(yuan) ?? []
  if (whole === undefined) throw new Error('not an amount in yuan')
  return Number(whole) * 100 + Number(hundredths.padEnd(2, '0'))
}

export function yuanOf(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0) throw new Error('not an amount in fen')
  return `${Math.trunc(fen / 100)}.${String(fen % 100).padStart(2, '0')}`
}

/** Both providers take these; they go into addresses and file names as they are. */
export const NUMBER_PATTERN = /^[A-Z][0-9a-f]{24}$/
export const newOutTradeNo = () => `P${randomBytes(12).toString('hex')}`
export const newOutRefundNo = () => `R${randomBytes(12).toString('hex')}`
/** Of the one refund that money nobody needs goes back by. */
export const surplusRefundNo = (outTradeNo: string) => `S${outTradeNo.slice(1)}`

/** Twenty digits that begin with the day in Beijing, to be read out on the telephone. */
export const newOrderNo = (now: number) =>
  beijingDay(now).replaceAll('-', '') + String(randomInt(1_000_000)).padStart(6, '0') + randomInt(100_000, 1_000_000)

const BEIJING_MS = 8 * 60 * 60 * 1000
export const DAY_MS = 24 * 60 * 60 * 1000

/** As 2026-01-31. */
export const beijingDay = (at: number) => new Date(at + BEIJING_MS).toISOString().slice(0, 10)
/** As 2026-01-31 23:59:59. */
export const beijingTime = (at: number) => new Date(at + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ')
/** When a day in Beijing begins. */
export const startOfBeijingDay = (day: string) => Date.parse(`${day}T00:00:00+08:00`)

/** Of 2026-01-31 23:59:59 in Beijing. */
export function beijingMoment(text: string): number | undefined {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)?$/.exec(text) ?? []
  const moment = Date.parse(`${day}T${time}+08:00`)
  return Number.isNaN(moment) ? undefined : moment
}
