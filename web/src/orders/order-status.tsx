/** Where an order or a refund stands. */
import { useTranslation } from 'react-i18next'
import type { Order, OrderStatus } from '../../../src/orders/schema.ts'
import type { Refund } from '../../../src/payments/schema.ts'
import { Pill } from '../ui/pills.tsx'

const tones: Record<OrderStatus, 'quiet' | 'accent' | 'good'> = {
  pending: 'accent',
  paying: 'accent',
  paid: 'good',
  refunding: 'accent',
  partially_refunded: 'good',
  refunded: 'quiet',
  closed: 'quiet',
}

export function OrderStatusPill({ order }: { order: Pick<Order, 'status'> }) {
  const { t } = useTranslation()
  return <Pill tone={tones[order.status]}>{t(`orders.status.${order.status}`)}</Pill>
}

const refundTones: Record<Refund['status'], 'quiet' | 'accent' | 'good'> = {
  requested: 'accent',
  approving: 'accent',
  approved: 'quiet',
  processing: 'quiet',
  succeeded: 'good',
  abnormal: 'accent',
  failed: 'accent',
  rejected: 'quiet',
}

export function RefundStatusPill({ status }: { status: Refund['status'] }) {
  const { t } = useTranslation()
  return <Pill tone={refundTones[status] ?? 'quiet'}>{t(`orders.refundStatus.${status}`)}</Pill>
}
