/** Texts that are put together from several keys. */
import type { TFunction } from 'i18next'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { codeOf } from '../api/errors.ts'
import { dayAndTime, daysAhead, timeOfDay } from '../format.ts'
import type { zh } from './zh/index.ts'

export type ErrorTextCode = keyof typeof zh.errors

export const isErrorTextCode = (code: string, t: TFunction): code is ErrorTextCode =>
  t(`errors.${code as ErrorTextCode}`, { defaultValue: '' }) !== ''

/** What to tell people about anything that was thrown. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation()
  return useCallback(
    (error) => {
      const code = codeOf(error)
      return isErrorTextCode(code, t) ? t(`errors.${code}`) : t('errors.internal')
    },
    [t],
  )
}

/** “Today 19:30”, or the date for other days. */
export function momentText(at: number, now: number, t: TFunction): string {
  const days = daysAhead(at, now)
  if (days === 0) return t('time.today', { time: timeOfDay(at) })
  if (days === 1) return t('time.tomorrow', { time: timeOfDay(at) })
  return dayAndTime(at)
}

/** “3 hours”, “25 minutes”: the largest unit alone. */
export function roughDuration(ms: number, t: TFunction): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return t('time.minutes', { count: minutes })
  if (minutes < 48 * 60) return t('time.hours', { count: Math.round(minutes / 60) })
  return t('time.days', { count: Math.round(minutes / 1440) })
}

/** “1 hour 30 minutes”. */
export function lengthText(totalMinutes: number, t: TFunction): string {
  const [hours, minutes] = [Math.floor(totalMinutes / 60), totalMinutes % 60]
  const parts = [
    hours ? t('time.hours', { count: hours }) : '',
    minutes || !hours ? t('time.minutes', { count: minutes }) : '',
  ]
  return parts.filter(Boolean).join(' ')
}
