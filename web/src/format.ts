/** Times, lengths and figures as people read them, in the language in use. */
import { currentLanguage } from './i18n/i18n.ts'

const DAY_MS = 86_400_000

const cache = new Map<string, Intl.DateTimeFormat>()

function formatter(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = currentLanguage() + JSON.stringify(options)
  const known = cache.get(key) ?? new Intl.DateTimeFormat(currentLanguage(), options)
  cache.set(key, known)
  return known
}

export const timeOfDay = (at: number) => formatter({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)

export const dayAndTime = (at: number) =>
  `${formatter({ month: 'short', day: 'numeric', weekday: 'short' }).format(at)} ${timeOfDay(at)}`

export const fullMoment = (at: number) =>
  formatter({ dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' } as Intl.DateTimeFormatOptions).format(at)

export const dayOf = (at: number) => formatter({ dateStyle: 'medium' }).format(at)

/** How many midnights lie between now and then: 0 today, 1 tomorrow. */
export function daysAhead(at: number, now: number): number {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0)
  return Math.round((midnight(at) - midnight(now)) / DAY_MS)
}

/** The viewer's zone with its name, like “Asia/Shanghai (GMT+8)”. */
export function zoneName(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const offset = formatter({ timeZoneName: 'shortOffset' })
    .formatToParts(Date.now())
    .find(({ type }) => type === 'timeZoneName')?.value
  return offset && offset !== timeZone ? `${timeZone} (${offset})` : timeZone
}

/** 1:02:03, or 02:03 under an hour. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`
}

export const count = (value: number) => new Intl.NumberFormat(currentLanguage()).format(value)

export const megabits = (bitsPerSecond: number) => `${(bitsPerSecond / 1e6).toFixed(1)} Mbps`

/** The parts of a countdown. */
export function countdownParts(ms: number) {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return {
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  }
}

/** What an `<input type="datetime-local">` wants. */
export function localInputValue(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}

/** ¥199.00: money always shows its fen. */
export function money(fen: number): string {
  const [yuan, rest] = [Math.floor(Math.abs(fen) / 100), Math.abs(fen) % 100]
  return `${fen < 0 ? '−' : ''}¥${yuan.toLocaleString('en-US')}.${String(rest).padStart(2, '0')}`
}

/** 2.4 MB: one digit below ten. */
export function fileSize(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB'] as const
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** step
  return `${step > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[step]}`
}
