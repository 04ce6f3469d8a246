/** The terms of use, or the privacy policy, to read. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Terms } from '../../../src/users/schema.ts'
import { send } from '../api/http.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { Markdown } from '../ui/markdown.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'

export function TermsPage({ text }: { text: 'terms' | 'privacy' }) {
  const { t, i18n } = useTranslation()
  useTitle(t(`signIn.${text}`))
  const { data, error, refetch } = useQuery({ queryKey: ['terms'], queryFn: () => send<Terms>('GET', '/api/terms') })
  return (
    <main className="mx-auto max-w-2xl px-4 pt-10 pb-16">
      {data ? (
        <Markdown text={data[text][i18n.language === 'en' ? 'en' : 'zh']} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-80" />
      )}
    </main>
  )
}
