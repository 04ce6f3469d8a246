/** The checkout as a page of its own: `?course=`, `?plan=`, or `?order=` for one that was begun. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { ordersApi } from '../api/orders.ts'
import { NotFound } from '../layout/not-found.tsx'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { CheckoutPanel } from './checkout-panel.tsx'

export function CheckoutPage() {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  useTitle(t('checkout.title'))
  const orderId = search.get('order') ?? undefined
  const courseId = search.get('course') ?? undefined
  const planId = search.get('plan') ?? undefined
  if (!orderId && !courseId && !planId) return <NotFound />
  return (
    <main className="mx-auto w-full max-w-lg px-4 pt-8 pb-16">
      <h1 className="display mb-6 text-xl">{t('checkout.title')}</h1>
      {orderId ? (
        <SignedInOnly>{() => <OfOrder orderId={orderId} />}</SignedInOnly>
      ) : (
        <Panel courseId={courseId} planId={planId} />
      )}
    </main>
  )
}

function OfOrder({ orderId }: { orderId: string }) {
  const { data, error, refetch } = useQuery({ queryKey: ['order', orderId], queryFn: () => ordersApi.get(orderId) })
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-72 rounded-card" />
  const { courseId, planId } = data.order
  return <Panel courseId={courseId ?? undefined} planId={planId ?? undefined} orderId={orderId} />
}

type PanelProps = { courseId?: string | undefined; planId?: string | undefined; orderId?: string }

function Panel(props: PanelProps) {
  const navigate = useNavigate()
  const next = props.courseId ? `/courses/${props.courseId}` : '/learning'
  return <CheckoutPanel {...props} onDone={() => navigate(next)} />
}
