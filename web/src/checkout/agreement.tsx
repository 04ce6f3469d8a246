/** Consent to the purchase agreement, and its text. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ordersApi } from '../api/orders.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Markdown } from '../ui/markdown.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'

export function Consent({ given, onChange }: { given: boolean; onChange: (given: boolean) => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <div className="flex items-start gap-2 text-sm">
      <input
        id="consent"
        type="checkbox"
        data-testid="consent"
        checked={given}
        onChange={(event) => onChange(event.target.checked)}
        className="size-5 shrink-0 accent-(--accent-fill)"
      />
      <p>
        <label htmlFor="consent">{t('checkout.consent')}</label>{' '}
        <button
          type="button"
          data-testid="agreement"
          className="text-accent underline underline-offset-4"
          onClick={() => setOpen(true)}
        >
          {t('checkout.agreement')}
        </button>
      </p>
      <AgreementDialog open={open} onClose={() => setOpen(false)} />
    </div>
  )
}

function AgreementDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useQuery({ queryKey: ['agreement'], queryFn: ordersApi.agreement, enabled: open })
  return (
    <Dialog open={open} onClose={onClose} title={t('checkout.agreement')} wide>
      {data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys
        <section tabIndex={0} aria-label={t('checkout.agreement')}>
          <Markdown text={i18n.language === 'en' ? data.en : data.zh} />
        </section>
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-64" />
      )}
    </Dialog>
  )
}
