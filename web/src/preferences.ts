/** Choices kept on this device: the theme, what teachers show. The language is kept beside them, in `i18n`. */
import { Store } from './store.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const remembered = themes.find((theme) => theme === localStorage.getItem('theme')) ?? 'system'

export const theme = new Store<Theme>(remembered)

export function setTheme(choice: Theme): void {
  localStorage.setItem('theme', choice)
  theme.set(choice)
  // `public/theme.js` listens, and dresses the page.
  dispatchEvent(new Event('themechange'))
}

/** Whether a teacher's live class is seen on the first page. */
export const frameShown = new Store(localStorage.getItem('frameShown') !== 'no')

export function setFrameShown(shown: boolean): void {
  localStorage.setItem('frameShown', shown ? 'yes' : 'no')
  frameShown.set(shown)
}
