/** The way back from a deletion that was asked for: said on every page until then. */
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api, session } from '../api/api.ts'
import { fullMoment } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { useStore } from '../use-store.ts'

export function KeepAccount() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const keep = useMutation({
    mutationFn: api.callOffDeletion,
    onSuccess: () => tell(t('me.deletion.kept')),
    onError: (error) => tell(textOf(error)),
  })
  return (
    <Button size="sm" look="primary" data-testid="keep-account" busy={keep.isPending} onClick={() => keep.mutate()}>
      {t('me.deletion.keep')}
    </Button>
  )
}

export function DeletionBar() {
  const { t } = useTranslation()
  const { user } = useStore(session.view)
  if (!user || user.deletionDueAt === null) return null
  return (
    <div role="status" data-testid="deletion-bar" className="border-b bg-accent-soft">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2 text-sm sm:px-6">
        <span>{t('me.deletion.due', { time: fullMoment(user.deletionDueAt) })}</span>
        <KeepAccount />
      </div>
    </div>
  )
}
