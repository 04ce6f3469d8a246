/** Says whether what was typed is on the server, and what to do where it is not. */
import { Check, CircleAlert, CloudUpload, PenLine } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import type { SaveState } from './autosave.ts'
import type { Form } from './use-autosave.ts'

type Props = { state: SaveState; retry: () => void; mistaken?: boolean }

/** `mistaken`: a field cannot be saved as it is. */
export function SaveNote({ state: { status, error }, retry, mistaken = false }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const shown = mistaken && status === 'saved' ? 'mistaken' : status
  const wrong = shown === 'failed' || shown === 'conflict' || shown === 'mistaken'
  const icons = {
    saved: Check,
    waiting: PenLine,
    saving: CloudUpload,
    failed: CircleAlert,
    conflict: CircleAlert,
    mistaken: CircleAlert,
  }
  const Icon = icons[shown]
  return (
    <p
      role="status"
      data-testid="save-note"
      data-status={shown}
      className={classes('flex min-h-8 items-center gap-1.5 text-sm', wrong ? 'text-accent' : 'text-muted')}
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      <span>
        {t(`editor.save.${shown}`)}
        {shown === 'failed' && ` ${textOf(error)}`}
      </span>
      {shown === 'failed' && (
        <Button size="sm" look="ghost" onClick={retry}>
          {t('actions.retry')}
        </Button>
      )}
    </p>
  )
}

/** What a person decides when two of them, or two tabs, wrote the same thing. */
export function ConflictCard<T>({ form }: { form: Pick<Form<T>, 'state' | 'keepMine' | 'takeTheirs'> }) {
  const { t } = useTranslation()
  if (form.state.status !== 'conflict') return null
  return (
    <div role="alert" className="mb-6 rounded-card border border-accent bg-accent-soft px-4 py-3 text-sm">
      <p className="font-medium">{t('editor.conflict.title')}</p>
      <p className="mt-1 text-muted">{t('editor.conflict.text')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button size="sm" onClick={form.takeTheirs}>
          {t('editor.conflict.theirs')}
        </Button>
        <Button size="sm" look="primary" onClick={form.keepMine}>
          {t('editor.conflict.mine')}
        </Button>
      </div>
    </div>
  )
}
