/** What stands where content is not: still coming, nothing there, gone wrong. */
import { CloudOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { classes } from './classes.ts'

export const Skeleton = ({ className }: { className?: string }) => (
  <div aria-hidden className={classes('animate-shimmer rounded-control bg-line', className)} />
)

type EmptyProps = { icon: ReactNode; title: string; text?: string | undefined; children?: ReactNode; small?: boolean }

export function Empty({ icon, title, text, children, small }: EmptyProps) {
  return (
    <div className={classes('flex flex-col items-center gap-2 px-6 text-center', small ? 'py-8' : 'py-12')}>
      <span className="text-muted" aria-hidden>
        {icon}
      </span>
      <p className="font-medium">{title}</p>
      {text && <p className="max-w-sm text-balance text-muted text-sm">{text}</p>}
      {children && <div className="pt-3">{children}</div>}
    </div>
  )
}

export function Failed({ error, onRetry, title }: { error: unknown; onRetry: () => void; title?: string }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  return (
    <div role="alert">
      <Empty icon={<CloudOff size={28} strokeWidth={1.5} />} title={title ?? t('failed.title')} text={textOf(error)}>
        <Button onClick={onRetry}>{t('actions.retry')}</Button>
      </Empty>
    </div>
  )
}
