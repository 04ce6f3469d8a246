/** Operators: everything that is known of one order, and giving money back. */
import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import type { OrderDetail } from '../../../src/orders/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { fullMoment, money } from '../format.ts'
import { OrderStatusPill, RefundStatusPill } from '../orders/order-status.tsx'
import { Button } from '../ui/button.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { History, Ledger } from './order-history.tsx'
import { Part } from './part.tsx'
import { RefundOrderDialog } from './refund-order-dialog.tsx'

export function OperatorOrderPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const { data, error, refetch } = useQuery({
    queryKey: ['operator', 'order', id],
    queryFn: () => operatorApi.order(id),
  })
  return (
    <OperatorFrame place="orders">
      <Link to="/operator/orders" className="mb-4 inline-flex items-center gap-1.5 text-muted text-sm hover:text-text">
        <ArrowLeft size={16} aria-hidden />
        {t('operator.allOrders')}
      </Link>
      {data ? (
        <Detail detail={data} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-96 rounded-card" />
      )}
    </OperatorFrame>
  )
}

function Detail({ detail }: { detail: OrderDetail }) {
  const { t } = useTranslation()
  const { order, buyer } = detail
  const [refunding, setRefunding] = useState(false)
  const left = order.payableFen - order.refundedFen
  const refundable = order.status === 'paid' || order.status === 'partially_refunded'
  const facts: [string, ReactNode][] = [
    [t('operator.column.buyer'), `${buyer.displayName} (${buyer.username})`],
    [t('checkout.price'), money(order.listFen)],
    [
      t('checkout.discount'),
      order.couponCode ? `${money(-order.discountFen)} · ${order.couponCode}` : t('operator.noDiscount'),
    ],
    [t('checkout.payable'), money(order.payableFen)],
    [t('operator.refundedSoFar'), money(order.refundedFen)],
    [t('operator.consent'), `${detail.agreementVersion} · ${fullMoment(detail.consentedAt)}`],
    [t('operator.column.at'), fullMoment(order.createdAt)],
    ...(order.paidAt === null ? [] : [[t('operator.paidAt'), fullMoment(order.paidAt)] as [string, ReactNode]]),
  ]
  return (
    <div className="flex flex-col gap-8">
      <section className="rounded-card border bg-surface p-4 sm:p-6">
        <div className="flex flex-wrap items-start justify-between gap-4">
          <div>
            <h2 className="font-medium text-lg">{order.title}</h2>
            <p className="tabular text-muted text-sm">{order.orderNo}</p>
          </div>
          <div className="flex items-center gap-3">
            <OrderStatusPill order={order} />
            {refundable && (
              <Button look="ink" data-testid="refund-order" onClick={() => setRefunding(true)}>
                {t('operator.giveBack')}
              </Button>
            )}
          </div>
        </div>
        <dl className="tabular mt-4 grid gap-x-8 gap-y-2 text-sm sm:grid-cols-2">
          {facts.map(([name, value]) => (
            <div key={name} className="flex justify-between gap-4 border-t pt-2">
              <dt className="text-muted">{name}</dt>
              <dd className="text-end">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <Attempts detail={detail} />
      <Refunds detail={detail} />
      <History detail={detail} />
      <Ledger detail={detail} />
      {refunding && <RefundOrderDialog order={order} left={left} onClose={() => setRefunding(false)} />}
    </div>
  )
}

function Attempts({ detail: { attempts } }: { detail: OrderDetail }) {
  const { t } = useTranslation()
  if (attempts.length === 0) return null
  return (
    <Part title={t('operator.attempts')}>
      <Table
        label={t('operator.attempts')}
        rows={attempts}
        keyOf={({ id }) => id}
        columns={[
          {
            name: t('operator.column.channel'),
            place: 'title',
            cell: ({ channel }) => t(`checkout.channel.${channel}`),
          },
          {
            name: t('operator.column.number'),
            cell: ({ outTradeNo }) => <code className="break-all text-xs">{outTradeNo}</code>,
          },
          {
            name: t('operator.column.txn'),
            cell: ({ providerTxn }) => providerTxn && <code className="break-all text-xs">{providerTxn}</code>,
          },
          { name: t('operator.column.amount'), figures: true, cell: ({ amountFen }) => money(amountFen) },
          {
            name: t('operator.column.status'),
            figures: true,
            cell: ({ status, role }) =>
              role === 'surplus' ? t('operator.surplus') : t(`operator.attemptStatus.${status}`),
          },
        ]}
      />
    </Part>
  )
}

function Refunds({ detail: { refunds } }: { detail: OrderDetail }) {
  const { t } = useTranslation()
  if (refunds.length === 0) return null
  return (
    <Part title={t('operator.place.refunds')}>
      <Table
        label={t('operator.place.refunds')}
        rows={refunds}
        keyOf={({ id }) => id}
        columns={[
          { name: t('operator.column.cause'), place: 'title', cell: ({ cause }) => t(`operator.cause.${cause}`) },
          { name: t('orders.refund.reason'), cell: ({ reason }) => reason },
          { name: t('operator.column.amount'), figures: true, cell: ({ amountFen }) => money(amountFen) },
          { name: t('operator.column.at'), figures: true, cell: ({ createdAt }) => fullMoment(createdAt) },
          {
            name: t('operator.column.status'),
            figures: true,
            cell: ({ status }) => <RefundStatusPill status={status} />,
          },
        ]}
      />
    </Part>
  )
}
