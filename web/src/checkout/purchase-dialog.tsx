/** The checkout over the page one is on: what is behind it goes on. */
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/dialog.tsx'
import { Skeleton } from '../ui/states.tsx'

const CheckoutPanel = lazy(() => import('./checkout-panel.tsx').then((module) => ({ default: module.CheckoutPanel })))

type Props = { courseId?: string; planId?: string; open: boolean; onClose: () => void }

export function PurchaseDialog({ courseId, planId, open, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog open={open} onClose={onClose} title={t('checkout.title')}>
      <Suspense fallback={<Skeleton className="h-72 rounded-card" />}>
        <CheckoutPanel courseId={courseId} planId={planId} onDone={onClose} />
      </Suspense>
    </Dialog>
  )
}
