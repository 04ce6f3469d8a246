/** Operators: whether everything is right for real money to come. */
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { operatorApi } from '../api/operator.ts'
import { Button } from '../ui/button.tsx'
import { Failed } from '../ui/states.tsx'

export function SelfTest() {
  const { t } = useTranslation()
  const test = useQuery({ queryKey: ['operator', 'self-test'], queryFn: operatorApi.selfTest, enabled: false })
  return (
    <section aria-label={t('operator.selfTest.title')} className="rounded-card border bg-surface p-4 sm:p-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div>
          <h2 className="font-medium">{t('operator.selfTest.title')}</h2>
          <p className="text-muted text-sm">{t('operator.selfTest.text')}</p>
        </div>
        <Button data-testid="self-test" busy={test.isFetching} onClick={() => void test.refetch()}>
          {t('operator.selfTest.run')}
        </Button>
      </div>
      {test.error && <Failed error={test.error} onRetry={() => void test.refetch()} />}
      {test.data && (
        <ul className="mt-4 grid gap-2 text-sm sm:grid-cols-2">
          {test.data.checks.map(({ provider, check, result, detail }) => (
            <li key={`${provider} ${check}`} className="flex items-start gap-2">
              {result === 'ok' ? (
                <CircleCheck size={18} className="mt-0.5 shrink-0 text-good" aria-label={t('operator.selfTest.ok')} />
              ) : (
                <CircleX size={18} className="mt-0.5 shrink-0 text-accent" aria-label={t('operator.selfTest.failed')} />
              )}
              <span>
                {t(`checkout.provider.${provider}`)} · {t(`operator.selfTest.check.${check}`)}
                {result === 'failed' && (
                  <span className="block text-muted text-xs">
                    {t(`operator.selfTest.remedy.${check}`)}
                    {detail && <code className="block break-words">{detail}</code>}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
