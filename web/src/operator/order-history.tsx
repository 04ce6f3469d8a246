/** What befell an order, by whom, and what the books say of it. */
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { OrderDetail } from '../../../src/orders/schema.ts'
import type { Channel, Provider } from '../../../src/payments/schema.ts'
import { fullMoment, money } from '../format.ts'
import { Table } from '../ui/table.tsx'
import { Part } from './part.tsx'

type Event = OrderDetail['events'][number]

export function History({ detail: { events } }: { detail: OrderDetail }) {
  const { t } = useTranslation()
  return (
    <Part title={t('operator.history')}>
      <ol className="flex flex-col gap-3 border-s ps-4 text-sm">
        {events.map((event) => (
          <li key={`${event.at} ${event.cause} ${event.toStatus}`} className="flex flex-wrap gap-x-3">
            <span className="tabular text-muted">{fullMoment(event.at)}</span>
            {event.toStatus && <span className="font-medium">{t(`orders.status.${event.toStatus}`)}</span>}
            <span className="min-w-0 break-words text-muted">{[whoOf(t, event), happened(t, event)].join(' · ')}</span>
          </li>
        ))}
      </ol>
    </Part>
  )
}

const whoOf = (t: TFunction, { person, part }: Event): string =>
  person ?? t(part ? `operator.part.${part}` : 'operator.personGone')

const happened = (t: TFunction, { cause, about }: Event): string =>
  t(`operator.happened.${cause}`, { about: cause === 'pay' ? t(`checkout.channel.${about as Channel}`) : about })

export function Ledger({ detail: { ledger } }: { detail: OrderDetail }) {
  const { t } = useTranslation()
  const rows = ledger.flatMap(({ kind, reference, at, entries }) =>
    entries.map((entry) => ({ ...entry, kind, reference, at })),
  )
  if (rows.length === 0) return null
  return (
    <Part title={t('operator.ledger')}>
      <Table
        label={t('operator.ledger')}
        rows={rows}
        keyOf={({ reference, account, kind }) => `${kind} ${reference} ${account}`}
        columns={[
          { name: t('operator.column.account'), place: 'title', cell: ({ account }) => accountName(t, account) },
          { name: t('operator.column.at'), figures: true, cell: ({ at }) => fullMoment(at) },
          {
            name: t('operator.column.debit'),
            figures: true,
            cell: ({ amountFen }) => (amountFen > 0 ? money(amountFen) : ''),
          },
          {
            name: t('operator.column.credit'),
            figures: true,
            cell: ({ amountFen }) => (amountFen < 0 ? money(-amountFen) : ''),
          },
        ]}
      />
    </Part>
  )
}

/** `asset:wechat`, `liability:deferred` … */
function accountName(t: TFunction, account: string): string {
  const [kind, name] = account.split(':')
  return kind === 'asset'
    ? t('operator.books.asset', { provider: t(`checkout.provider.${name as Provider}`) })
    : t(`operator.books.${name as 'deferred' | 'to_refund' | 'fees'}`)
}
