/** What stands in place of an editor: not there, not one's own, or still coming. */
import { Lock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { codeOf } from '../../api/errors.ts'
import { NotFound } from '../../layout/not-found.tsx'
import { Empty, Failed, Skeleton } from '../../ui/states.tsx'

export function Trouble({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation()
  const code = codeOf(error)
  if (code === 'not_found' || code === 'bad_request') return <NotFound />
  if (code === 'forbidden')
    return (
      <Empty
        icon={<Lock size={32} strokeWidth={1.5} />}
        title={t('editor.notYours.title')}
        text={t('editor.notYours.text')}
      />
    )
  return <Failed error={error} onRetry={onRetry} />
}

export const Waiting = () => (
  <div className="mx-auto flex max-w-5xl flex-col gap-4 px-4 pt-10 sm:px-6">
    <Skeleton className="h-8 w-64" />
    <Skeleton className="h-10" />
    <Skeleton className="h-64" />
  </div>
)
