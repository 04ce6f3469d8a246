/** Choices kept on this device: the theme. The language is kept beside it, in `i18n`. */
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
