/** One's orders: pay, look, ask for one's money back. */
import { useQueryClient } from '@tanstack/react-query'
import { ReceiptText } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { orderFilters as filters, Order } from '../../../src/orders/schema.ts'
import { onServerEvent } from '../api/events.ts'
import { ordersApi } from '../api/orders.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment, money } from '../format.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Button, buttonClasses } from '../ui/button.tsx'
import { Paged } from '../ui/paged.tsx'
import { Empty } from '../ui/states.tsx'
import { FilterTabs, useFilter } from '../ui/tabs.tsx'
import { OrderStatusPill, RefundStatusPill } from './order-status.tsx'
import { RefundDialog } from './refund-dialog.tsx'

const orderFilters = ['all', 'open', 'bought', 'closed'] as const satisfies readonly (typeof filters)[number][]

export function OrdersPage() {
  const { t } = useTranslation()
  useTitle(t('orders.title'))
  return <SignedInOnly>{() => <Orders />}</SignedInOnly>
}

function Orders() {
  const { t } = useTranslation()
  const [filter] = useFilter(orderFilters)
  const queries = useQueryClient()
  const pages = usePages(['orders', filter], async (after) => {
    const { orders, next } = await ordersApi.list(filter, after)
    return { items: orders, next }
  })
  useEffect(
    () => onServerEvent('orderChanged', () => void queries.invalidateQueries({ queryKey: ['orders'] })),
    [queries],
  )
  const [refunding, setRefunding] = useState<Order | null>(null)
  return (
    <main className="mx-auto max-w-3xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl">{t('orders.title')}</h1>
      <div className="mt-4 mb-6">
        <FilterTabs
          label={t('orders.filterLabel')}
          filters={orderFilters}
          nameOf={(name) => t(`orders.filter.${name}`)}
        />
      </div>
      <Paged
        pages={pages}
        empty={
          <Empty
            small
            icon={<ReceiptText size={28} strokeWidth={1.5} />}
            title={t('orders.empty.title')}
            text={t('orders.empty.text')}
          >
            <Link to="/courses" className={buttonClasses('quiet')}>
              {t('orders.empty.action')}
            </Link>
          </Empty>
        }
      >
        {(list) => (
          <ul className="flex flex-col gap-3">
            {list.map((order) => (
              <OrderCard key={order.id} order={order} onRefund={() => setRefunding(order)} />
            ))}
          </ul>
        )}
      </Paged>
      {refunding && <RefundDialog order={refunding} onClose={() => setRefunding(null)} />}
    </main>
  )
}

function OrderCard({ order, onRefund }: { order: Order; onRefund: () => void }) {
  const { t } = useTranslation()
  const open = order.status === 'pending' || order.status === 'paying'
  const refundable = (order.status === 'paid' || order.status === 'partially_refunded') && order.payableFen > 0
  return (
    <li data-testid="order" className="rounded-card border bg-surface p-4">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <h2 className="line-clamp-2 font-medium">{order.title}</h2>
          <p className="tabular mt-1 flex flex-wrap gap-x-3 text-muted text-xs">
            <span>{fullMoment(order.createdAt)}</span>
            <span>{order.orderNo}</span>
          </p>
        </div>
        <OrderStatusPill order={order} />
      </div>
      {order.refund && (
        <p className="mt-3 flex flex-wrap items-center gap-2 rounded-control bg-sunken px-3 py-2 text-sm">
          <RefundStatusPill status={order.refund.status} />
          {t('orders.refund.of', { amount: money(order.refund.amountFen) })}
          {order.refund.answer && <span className="text-muted">{order.refund.answer}</span>}
        </p>
      )}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-3 border-t pt-3">
        <p className="tabular text-sm">
          <span className="font-semibold">{money(order.payableFen)}</span>
          {order.refundedFen > 0 && (
            <span className="ms-2 text-muted">{t('orders.refunded', { amount: money(order.refundedFen) })}</span>
          )}
        </p>
        <div className="flex flex-wrap gap-2">
          {refundable && (
            <Button size="sm" look="ghost" data-testid="refund" onClick={onRefund}>
              {t('orders.refund.action')}
            </Button>
          )}
          {open ? (
            <Link to={`/checkout?order=${order.id}`} className={buttonClasses('primary', 'sm')}>
              {t('orders.continue')}
            </Link>
          ) : (
            order.courseId && (
              <Link to={`/courses/${order.courseId}`} className={buttonClasses('quiet', 'sm')}>
                {t(
                  order.status === 'closed' || order.status === 'refunded' ? 'orders.lookAtCourse' : 'orders.toCourse',
                )}
              </Link>
            )
          )}
        </div>
      </div>
    </li>
  )
}
