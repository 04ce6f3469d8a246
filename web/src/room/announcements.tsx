/** Reads out what happens in the room to those who listen instead of looking. */
import { useTranslation } from 'react-i18next'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function Announcements() {
  const { t } = useTranslation()
  const said = useStore(useRoom().classroom.announcer.said)
  return (
    <p aria-live="polite" className="sr-only" data-testid="announcements">
      {said
        .map(({ what, ...values }) =>
          t(
            `room.announced.${what}`,
            'text' in values ? { ...values, text: values.text || t('room.picture.word') } : values,
          ),
        )
        .join(' ')}
    </p>
  )
}
