/** Operators: refunds that wait for a decision, run, or went wrong. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Refund } from '../../../src/payments/schema.ts'
import { session } from '../api/api.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment, money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { RefundStatusPill } from '../orders/order-status.tsx'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Paged } from '../ui/paged.tsx'
import { Empty } from '../ui/states.tsx'
import { FilterTabs, useFilter } from '../ui/tabs.tsx'
import { useStore } from '../use-store.ts'
import { DecideDialog } from './decide-dialog.tsx'
import { OperatorFrame } from './operator-frame.tsx'

const filters = ['waiting', 'running', 'done', 'all'] as const

export function OperatorRefundsPage() {
  const { t } = useTranslation()
  const [filter] = useFilter(filters)
  const pages = usePages(['operator', 'refunds', filter], async (after) => {
    const { refunds, next } = await operatorApi.refunds({ filter, after })
    return { items: refunds, next }
  })
  return (
    <OperatorFrame place="refunds">
      <div className="mb-4">
        <FilterTabs
          label={t('orders.filterLabel')}
          filters={filters}
          nameOf={(name) => t(`operator.refundFilter.${name}`)}
        />
      </div>
      <Paged
        pages={pages}
        empty={<Empty small icon={<Undo2 size={28} strokeWidth={1.5} />} title={t('operator.noRefunds')} />}
      >
        {(list) => (
          <ul className="flex flex-col gap-3">
            {list.map((refund) => (
              <RefundCard key={refund.id} refund={refund} />
            ))}
          </ul>
        )}
      </Paged>
    </OperatorFrame>
  )
}

function RefundCard({ refund }: { refund: Refund }) {
  const { t } = useTranslation()
  const { amountFen, buyer, cause, reason, answer, status, failure, createdAt } = refund
  return (
    <li data-testid="refund-card" className="rounded-card border bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          <p className="font-medium">{refund.title}</p>
          <p className="tabular text-muted text-xs">
            <Link to={`/operator/orders/${refund.orderId}`} className="text-accent underline underline-offset-4">
              {refund.orderNo}
            </Link>{' '}
            · {buyer.displayName} · <span className="whitespace-nowrap">{fullMoment(createdAt)}</span>
          </p>
        </div>
        <div className="flex items-center gap-3">
          <span className="tabular font-semibold">{money(amountFen)}</span>
          <RefundStatusPill status={status} />
        </div>
      </div>
      <p className="mt-2 text-sm">
        <span className="text-muted">{t(`operator.cause.${cause}`)}</span>
        {reason && <> · {reason}</>}
      </p>
      {answer && <p className="text-muted text-sm">{answer}</p>}
      {failure && <p className="break-words text-accent text-sm">{t('operator.failure', { failure })}</p>}
      <Decisions refund={refund} />
    </li>
  )
}

function Decisions({ refund }: { refund: Refund }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const { user } = useStore(session.view)
  const [deciding, setDeciding] = useState<'approve' | 'reject' | null>(null)
  const done = () => void queries.invalidateQueries({ queryKey: ['operator'] })
  const act = useMutation({
    mutationFn: (step: 'second' | 'retry') => operatorApi[step](refund.id),
    onSuccess: done,
    onError: (error) => tell(textOf(error)),
  })
  const { status } = refund
  const own = user?.id === refund.approvedBy
  if (status === 'requested')
    return (
      <div className="mt-3 flex flex-wrap justify-end gap-2 border-t pt-3">
        <Button size="sm" data-testid="reject" onClick={() => setDeciding('reject')}>
          {t('operator.reject')}
        </Button>
        <Button size="sm" look="ink" data-testid="approve" onClick={() => setDeciding('approve')}>
          {t('operator.approve')}
        </Button>
        {deciding && <DecideDialog refund={refund} decision={deciding} onClose={() => setDeciding(null)} />}
      </div>
    )
  if (status === 'approving')
    return (
      <div className="mt-3 flex flex-wrap items-center justify-end gap-3 border-t pt-3">
        <p className="text-muted text-xs">{t(own ? 'operator.anotherMustAgree' : 'operator.agreeText')}</p>
        <Button size="sm" onClick={() => setDeciding('reject')}>
          {t('operator.reject')}
        </Button>
        <Button
          size="sm"
          look="ink"
          data-testid="second"
          disabled={own}
          busy={act.isPending}
          onClick={() => act.mutate('second')}
        >
          {t('operator.agree')}
        </Button>
        {deciding && <DecideDialog refund={refund} decision={deciding} onClose={() => setDeciding(null)} />}
      </div>
    )
  if (status === 'failed' || status === 'abnormal')
    return (
      <div className="mt-3 flex justify-end border-t pt-3">
        <Button size="sm" look="ink" busy={act.isPending} onClick={() => act.mutate('retry')}>
          {t('operator.retry')}
        </Button>
      </div>
    )
  return null
}
