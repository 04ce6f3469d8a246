/** Operators: every order, found by number or by buyer. */
import { ReceiptText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { FoundOrderPage, OrderStatus } from '../../../src/orders/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment, money } from '../format.ts'
import { OrderStatusPill } from '../orders/order-status.tsx'
import { Paged } from '../ui/paged.tsx'
import { Empty } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { FilterTabs, useFilter } from '../ui/tabs.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { SearchBox, useSearch } from './search-box.tsx'

const filters = ['all', 'paid', 'paying', 'refunding', 'refunded', 'closed'] as const satisfies ('all' | OrderStatus)[]
type Found = FoundOrderPage['orders'][number]

export function OperatorOrdersPage() {
  const { t } = useTranslation()
  const [filter] = useFilter(filters)
  const search = useSearch()
  const pages = usePages(['operator', 'orders', filter, search], async (after) => {
    const { orders, next } = await operatorApi.orders({ status: filter === 'all' ? undefined : filter, search, after })
    return { items: orders, next }
  })
  const columns: Column<Found>[] = [
    {
      name: t('operator.column.order'),
      cell: ({ order }) => (
        <Link
          to={`/operator/orders/${order.id}`}
          className="tabular break-all text-accent md:whitespace-nowrap underline-offset-4 hover:underline"
        >
          {order.orderNo}
        </Link>
      ),
    },
    { name: t('operator.column.what'), place: 'title', cell: ({ order }) => order.title },
    {
      name: t('operator.column.buyer'),
      cell: ({ buyer }) => <span className="md:whitespace-nowrap">{buyer.displayName}</span>,
    },
    { name: t('operator.column.amount'), figures: true, cell: ({ order }) => money(order.payableFen) },
    { name: t('operator.column.at'), figures: true, cell: ({ order }) => fullMoment(order.createdAt) },
    { name: t('operator.column.status'), figures: true, cell: ({ order }) => <OrderStatusPill order={order} /> },
  ]
  return (
    <OperatorFrame place="orders" action={<SearchBox label={t('operator.searchOrders')} />}>
      <div className="mb-4">
        <FilterTabs
          label={t('orders.filterLabel')}
          filters={filters}
          nameOf={(name) => (name === 'all' ? t('orders.filter.all') : t(`orders.status.${name}`))}
        />
      </div>
      <Paged
        pages={pages}
        empty={<Empty small icon={<ReceiptText size={28} strokeWidth={1.5} />} title={t('operator.noOrders')} />}
      >
        {(list) => (
          <Table label={t('operator.place.orders')} columns={columns} rows={list} keyOf={({ order }) => order.id} />
        )}
      </Paged>
    </OperatorFrame>
  )
}
