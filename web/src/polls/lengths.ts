/** “30 seconds”, “2 minutes”: how long there is for an answer. */
import { useTranslation } from 'react-i18next'

export function useLengthText(): (seconds: number) => string {
  const { t } = useTranslation()
  return (seconds) =>
    seconds >= 60 && seconds % 60 === 0
      ? t('polls.minutes', { count: seconds / 60 })
      : t('polls.seconds', { count: seconds })
}
