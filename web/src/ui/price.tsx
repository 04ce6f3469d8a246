/** What something costs, beside what it cost before; free says so in words. */
import { useTranslation } from 'react-i18next'
import { money } from '../format.ts'
import { classes } from './classes.ts'

type Props = { fen: number; listFen?: number | null; large?: boolean; onStage?: boolean }

export function Price({ fen, listFen = null, large, onStage }: Props) {
  const { t } = useTranslation()
  return (
    <span className="tabular inline-flex items-baseline gap-2">
      <span
        className={classes(
          'font-semibold',
          fen === 0 ? (onStage ? 'text-stage-good' : 'text-good') : onStage ? 'text-stage-accent' : 'text-accent',
          large && 'text-xl',
        )}
        data-testid="price"
      >
        {fen === 0 ? t('price.free') : money(fen)}
      </span>
      {listFen !== null && (
        <s className={classes('text-sm', onStage ? 'text-on-stage-muted' : 'text-muted')}>
          <span className="sr-only">{t('price.before')}</span>
          {money(listFen)}
        </s>
      )}
    </span>
  )
}
