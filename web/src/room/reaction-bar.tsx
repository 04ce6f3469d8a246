/** What one can give with a tap: likes, applause, hearts, each with what the room has given so far. */
import { useTranslation } from 'react-i18next'
import { reactions } from '../../../signaling/protocol/constants.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { icons } from './floating-reactions.tsx'

export function ReactionBar() {
  const { t, i18n } = useTranslation()
  const { classroom } = useRoom()
  const live = useStorePart(classroom.room, ({ status }) => status === 'live')
  const totals = useStore(classroom.reactions.totals)
  if (!live) return null
  const short = new Intl.NumberFormat(i18n.language, { notation: 'compact', maximumFractionDigits: 1 })
  return (
    <fieldset className="flex shrink-0 items-center">
      <legend className="sr-only">{t('room.reactions.label')}</legend>
      {reactions.map((kind) => {
        const Icon = icons[kind]
        return (
          <button
            key={kind}
            type="button"
            aria-label={t('room.reactions.give', { what: t(`room.reactions.${kind}`), count: totals[kind] })}
            title={t(`room.reactions.${kind}`)}
            onClick={() => classroom.reactions.give(kind)}
            data-testid={`react-${kind}`}
            className="flex h-11 min-w-9 select-none flex-col items-center justify-center rounded-control px-1 text-muted transition-transform duration-100 hover:bg-sunken hover:text-accent active:scale-90"
          >
            <Icon aria-hidden size={20} strokeWidth={1.75} />
            {totals[kind] > 0 && (
              <span aria-hidden className="tabular pt-0.5 text-[0.6875rem] leading-3">
                {short.format(totals[kind])}
              </span>
            )}
          </button>
        )
      })}
    </fieldset>
  )
}
