/** The chapters of a replay: where one is, and where one may go. */
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import type { Player } from '../player/player.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'

export function Chapters({ player }: { player: Player }) {
  const { t } = useTranslation()
  const chapters = useStorePart(player.view, ({ replay }) => replay?.chapters)
  const current = useStorePart(
    player.view,
    ({ replay, positionMs }) => replay?.chapters.findLastIndex(({ atMs }) => atMs <= positionMs) ?? -1,
  )
  if (!chapters || chapters.length === 0) return null
  return (
    <section aria-label={t('replay.chapters')} className="mt-4">
      <h2 className="display mb-2 text-base">{t('replay.chapters')}</h2>
      <ol className="divide-y rounded-card border bg-surface">
        {chapters.map(({ atMs, title }, index) => (
          <li key={`${atMs} ${title}`}>
            <button
              type="button"
              onClick={() => player.seek(atMs)}
              aria-current={index === current || undefined}
              data-testid="chapter"
              className={classes(
                'flex w-full items-baseline gap-3 px-4 py-2.5 text-start text-sm hover:bg-sunken',
                index === current && 'font-medium text-accent',
              )}
            >
              <span className="tabular w-14 shrink-0 text-muted text-xs">{clockTime(atMs)}</span>
              <span className="min-w-0 flex-1 break-words">{title}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
