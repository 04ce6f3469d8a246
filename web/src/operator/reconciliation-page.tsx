/** Operators: each day's bills beside our books, what differs, and money that a person must look at. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { CircleCheck, Scale } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AlarmPage, Difference, Provider, Reconciliation } from '../../../src/payments/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment, money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Paged } from '../ui/paged.tsx'
import { Pill } from '../ui/pills.tsx'
import { Empty } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { Part } from './part.tsx'
import { ResolveDialog } from './resolve-dialog.tsx'
import { SelfTest } from './self-test.tsx'

export function OperatorReconciliationPage() {
  return (
    <OperatorFrame place="reconciliation" action={<RunNow />}>
      <div className="flex flex-col gap-10">
        <Alarms />
        <Differences />
        <Days />
        <SelfTest />
      </div>
    </OperatorFrame>
  )
}

const yesterdayInBeijing = () => new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10)

function RunNow() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [day, setDay] = useState(yesterdayInBeijing)
  const run = useMutation({
    mutationFn: (provider: Provider) => operatorApi.reconcile(provider, day),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['operator'] }),
    onError: (error) => tell(textOf(error)),
  })
  return (
    <div className="grid w-full grid-cols-2 gap-2 sm:flex sm:w-auto sm:items-center">
      <input
        type="date"
        aria-label={t('operator.billDate')}
        value={day}
        max={yesterdayInBeijing()}
        onChange={(event) => setDay(event.target.value)}
        className="col-span-2 h-10 rounded-control border border-line-strong bg-surface px-3 text-sm"
      />
      {(['wechat', 'alipay'] as const).map((provider) => (
        <Button
          key={provider}
          busy={run.isPending && run.variables === provider}
          disabled={!day}
          onClick={() => run.mutate(provider)}
        >
          {t('operator.compare', { provider: t(`checkout.provider.${provider}`) })}
        </Button>
      ))}
    </div>
  )
}

type Alarm = AlarmPage['alarms'][number]

function Alarms() {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const pages = usePages(['operator', 'alarms'], async (after) => {
    const { alarms, next } = await operatorApi.alarms({ filter: 'open', after })
    return { items: alarms, next }
  })
  const seen = useMutation({
    mutationFn: (id: string) => operatorApi.seen(id),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['operator', 'alarms'] }),
  })
  if (pages.list.length === 0) return null
  return (
    <Part title={t('operator.alarms')} urgent>
      <Table<Alarm>
        label={t('operator.alarms')}
        rows={pages.list}
        keyOf={({ id }) => id}
        columns={[
          { name: t('operator.column.what'), place: 'title', cell: (alarm) => whatIsWrong(t, alarm) },
          { name: t('operator.column.at'), cell: ({ receivedAt }) => fullMoment(receivedAt) },
          {
            name: t('operator.column.number'),
            cell: ({ outTradeNo, outRefundNo }) => (
              <code className="break-all text-xs">{outRefundNo ?? outTradeNo}</code>
            ),
          },
          { name: t('operator.column.amount'), figures: true, cell: ({ amountFen }) => money(amountFen) },
          {
            name: t('operator.column.status'),
            figures: true,
            place: 'action',
            cell: ({ id }) => (
              <Button size="sm" busy={seen.isPending && seen.variables === id} onClick={() => seen.mutate(id)}>
                {t('operator.seen')}
              </Button>
            ),
          },
        ]}
      />
    </Part>
  )
}

const wrongs = ['orphan', 'other_transaction', 'amount_mismatch'] as const

/** The outcome is kept as `word`, or as `word:status` of a refund. */
function whatIsWrong(t: TFunction, { kind, provider, outcome }: Alarm): string {
  const wrong = wrongs.find((each) => each === outcome?.split(':')[0]) ?? 'other'
  const about = `${t(`checkout.provider.${provider}`)} · ${t(`operator.about.${kind}`)}`
  return `${t(`operator.alarm.${wrong}`)} (${about})`
}

function Differences() {
  const { t } = useTranslation()
  const [resolving, setResolving] = useState<Difference | null>(null)
  const pages = usePages(['operator', 'differences'], async (after) => {
    const { differences, next } = await operatorApi.differences({ filter: 'open', after })
    return { items: differences, next }
  })
  const amount = (fen: number | null) => (fen === null ? '–' : money(fen))
  return (
    <Part title={t('operator.differences')}>
      <Paged
        pages={pages}
        empty={<Empty small icon={<CircleCheck size={28} strokeWidth={1.5} />} title={t('operator.noDifferences')} />}
      >
        {(list) => (
          <Table
            label={t('operator.differences')}
            rows={list}
            keyOf={({ id }) => id}
            columns={[
              { name: t('operator.column.what'), place: 'title', cell: (difference) => whatDiffers(t, difference) },
              { name: t('operator.billDate'), cell: ({ billDate }) => <span className="tabular">{billDate}</span> },
              {
                name: t('operator.column.number'),
                cell: ({ number }) => <code className="break-all text-xs">{number}</code>,
              },
              { name: t('operator.column.ours'), figures: true, cell: ({ oursFen }) => amount(oursFen) },
              { name: t('operator.column.theirs'), figures: true, cell: ({ theirsFen }) => amount(theirsFen) },
              {
                name: t('operator.column.status'),
                figures: true,
                place: 'action',
                cell: (difference) => (
                  <Button size="sm" data-testid="resolve" onClick={() => setResolving(difference)}>
                    {t('operator.resolve')}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Paged>
      {resolving && <ResolveDialog difference={resolving} onClose={() => setResolving(null)} />}
    </Part>
  )
}

const whatDiffers = (t: TFunction, { kind, provider, about }: Difference): string =>
  `${t(`operator.difference.${kind}`)} (${t(`checkout.provider.${provider}`)} · ${t(`operator.about.${about}`)})`

function Days() {
  const { t } = useTranslation()
  const pages = usePages(['operator', 'reconciliations'], async (after) => {
    const { reconciliations, next } = await operatorApi.reconciliations({ after })
    return { items: reconciliations, next }
  })
  return (
    <Part title={t('operator.days')}>
      <Paged
        pages={pages}
        empty={<Empty small icon={<Scale size={28} strokeWidth={1.5} />} title={t('operator.noDays')} />}
      >
        {(list) => (
          <Table<Reconciliation>
            label={t('operator.days')}
            rows={list}
            keyOf={({ id }) => id}
            columns={[
              {
                name: t('operator.billDate'),
                place: 'title',
                cell: ({ billDate }) => <span className="tabular">{billDate}</span>,
              },
              { name: t('operator.column.provider'), cell: ({ provider }) => t(`checkout.provider.${provider}`) },
              { name: t('operator.column.ours'), figures: true, cell: ({ oursFen }) => money(oursFen) },
              { name: t('operator.column.theirs'), figures: true, cell: ({ theirsFen }) => money(theirsFen) },
              { name: t('operator.column.fees'), figures: true, cell: ({ feesFen }) => money(feesFen) },
              { name: t('operator.column.status'), figures: true, cell: (day) => <DayState day={day} /> },
            ]}
          />
        )}
      </Paged>
    </Part>
  )
}

function DayState({ day: { status, openDifferences, failure } }: { day: Reconciliation }) {
  const { t } = useTranslation()
  if (status === 'failed')
    return (
      <>
        <Pill tone="accent">{t('operator.day.failed')}</Pill>
        {failure && <span className="block max-w-64 whitespace-normal break-words text-muted text-xs">{failure}</span>}
      </>
    )
  if (openDifferences > 0) return <Pill tone="accent">{t('operator.day.differs', { count: openDifferences })}</Pill>
  return <Pill tone="good">{t('operator.day.matched')}</Pill>
}
