/** Chinese and English: the remembered choice, else the browser's. Only the language in use is downloaded. */
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { zh } from './zh/index.ts'

export const languages = { 'zh-CN': '中文', en: 'English' } as const
export type Language = keyof typeof languages

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh }
  }
}

const KEY = 'language'

const load: Record<Language, () => Promise<object>> = {
  'zh-CN': async () => (await import('./zh/index.ts')).zh,
  en: async () => (await import('./en/index.ts')).en,
}

export const currentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'zh-CN')

function preferred(): Language {
  const remembered = localStorage.getItem(KEY)
  if (remembered === 'en' || remembered === 'zh-CN') return remembered
  return /^zh\b/i.test(navigator.language) ? 'zh-CN' : 'en'
}

async function use(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation'))
    i18next.addResourceBundle(language, 'translation', await load[language]())
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language)
  await use(language)
}

export async function startI18n(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .init({ resources: {}, lng: 'none', fallbackLng: false, interpolation: { escapeValue: false } })
  await use(preferred())
}
