/** A list that comes page by page, in all its states. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pages } from '../api/use-pages.ts'
import { Button } from './button.tsx'
import { Failed, Skeleton } from './states.tsx'

type Props<T> = { pages: Pages<T>; empty: ReactNode; children: (list: T[]) => ReactNode }

export function Paged<T>({ pages, empty, children }: Props<T>) {
  const { t } = useTranslation()
  const { list, isPending, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  if (isPending) return <Skeleton className="h-64 rounded-card" />
  if (error && list.length === 0) return <Failed error={error} onRetry={() => void refetch()} />
  if (list.length === 0) return <div className="rounded-card border border-dashed">{empty}</div>
  return (
    <>
      {children(list)}
      {hasNextPage && (
        <div className="pt-4 text-center">
          <Button look="ghost" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('actions.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}
