/** Times as both providers write them: in Beijing, wherever the machine stands. */
const OFFSET_MS = 8 * 60 * 60 * 1000
export const DAY_MS = 24 * 60 * 60 * 1000

const iso = (at: number) => new Date(at + OFFSET_MS).toISOString()

/** 2026-01-31T09:30:00+08:00 */
export const rfc3339 = (at: number): string => `${iso(at).slice(0, 19)}+08:00`

/** 2026-01-31 09:30:00 */
export const dateTime = (at: number): string => iso(at).slice(0, 19).replace('T', ' ')

/** 2026-01-31 */
export const date = (at: number): string => iso(at).slice(0, 10)

/** The hour of the day, 0 to 23. */
export const hour = (at: number): number => Number(iso(at).slice(11, 13))

/** 20260131093000 */
export const compact = (at: number): string => iso(at).slice(0, 19).replace(/\D/g, '')

/** When this day begins. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`)

/** Reads `dateTime`; NaN where the text is none. */
export function readDateTime(text: string): number {
  const at = /^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T').padEnd(19, ':00')}+08:00`)
    : Number.NaN
  return at
}

export const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(startOf(text)) && date(startOf(text)) === text
