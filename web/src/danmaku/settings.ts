/** How a viewer wants comments over the picture, kept on this device. */
import { Store } from '../store.ts'

export const choices = {
  density: ['few', 'some', 'many'],
  area: ['quarter', 'half', 'full'],
  opacity: ['faint', 'clear', 'solid'],
  speed: ['slow', 'normal', 'fast'],
} as const

export type DanmakuSettings = { on: boolean } & { [K in keyof typeof choices]: (typeof choices)[K][number] }

/** Whether this viewer wants nothing to move: comments are off then, and stand still for those who want them. */
export const wantsStillness = (): boolean =>
  typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches

const first: Omit<DanmakuSettings, 'on'> = { density: 'some', area: 'quarter', opacity: 'clear', speed: 'normal' }
const KEY = 'danmaku'

/** What was kept, as far as it makes sense. */
export function readSettings(kept: string | null, on: boolean): DanmakuSettings {
  const told = parse(kept)
  const chosen = Object.entries(choices).flatMap(([name, options]) => {
    const option = options.find((each) => each === told[name])
    return option ? [[name, option]] : []
  })
  return { ...first, on: typeof told.on === 'boolean' ? told.on : on, ...Object.fromEntries(chosen) }
}

function parse(kept: string | null): Record<string, unknown> {
  try {
    const told: unknown = JSON.parse(kept ?? '{}')
    return typeof told === 'object' && told !== null ? (told as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

export const danmakuSettings = new Store(
  readSettings(typeof localStorage === 'undefined' ? null : localStorage.getItem(KEY), !wantsStillness()),
)

export function setDanmaku(change: Partial<DanmakuSettings>): void {
  danmakuSettings.patch(change)
  localStorage.setItem(KEY, JSON.stringify(danmakuSettings.get()))
}
