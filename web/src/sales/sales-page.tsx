/** Teachers: what was sold, by day and by course. */
import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn, Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { Sales } from '../../../src/orders/schema.ts'
import { http } from '../api/api.ts'
import { download } from '../api/download.ts'
import { count, money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'

const DAY_MS = 86_400_000
const inBeijing = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)

export function SalesPage() {
  const { t } = useTranslation()
  useTitle(t('sales.title'))
  return <SignedInOnly>{() => <SalesOfMine />}</SignedInOnly>
}

function usePeriod() {
  const [search, setSearch] = useSearchParams()
  const from = search.get('from') ?? inBeijing(Date.now() - 29 * DAY_MS)
  const to = search.get('to') ?? inBeijing(Date.now())
  const set = (period: { from: string; to: string }) => setSearch(period, { replace: true })
  return { from, to, set }
}

function SalesOfMine() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { from, to, set } = usePeriod()
  const period = new URLSearchParams({ from, to })
  const query = useQuery({
    queryKey: ['sales', from, to],
    queryFn: () => http.get<Sales>(`/api/teaching/sales?${period}`),
  })
  const { data, error, refetch } = query
  const save = () =>
    void download(`/api/teaching/sales.csv?${period}`, `sales-${from}-${to}.csv`).catch((error) => tell(textOf(error)))
  return (
    <main className="mx-auto max-w-4xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <div className="mb-6 flex flex-wrap items-end justify-between gap-4">
        <h1 className="display text-xl">{t('sales.title')}</h1>
        <div className="grid w-full grid-cols-2 items-center gap-2 sm:flex sm:w-auto">
          <DayInput label={t('sales.from')} value={from} onChange={(day) => set({ from: day, to })} />
          <DayInput label={t('sales.to')} value={to} onChange={(day) => set({ from, to: day })} />
          <Button className="max-sm:col-span-2" onClick={save}>
            <Download size={16} aria-hidden />
            {t('sales.export')}
          </Button>
        </div>
      </div>
      {data ? (
        <Figures sales={data} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-72 rounded-card" />
      )}
    </main>
  )
}

type DayInputProps = { label: string; value: string; onChange: (day: string) => void }

const DayInput = ({ label, value, onChange }: DayInputProps) => (
  <input
    type="date"
    aria-label={label}
    value={value}
    onChange={(event) => event.target.value && onChange(event.target.value)}
    className="h-10 min-w-0 rounded-control border border-line-strong bg-surface px-3 text-sm"
  />
)

function Figures({ sales: { total, days, courses } }: { sales: Sales }) {
  const { t } = useTranslation()
  if (total.orders === 0)
    return (
      <div className="rounded-card border border-dashed">
        <Empty
          icon={<ChartNoAxesColumn size={32} strokeWidth={1.5} />}
          title={t('sales.empty.title')}
          text={t('sales.empty.text')}
        />
      </div>
    )
  const figures: [string, string][] = [
    [t('sales.paid'), money(total.paidFen)],
    [t('sales.refunded'), money(total.refundedFen)],
    [t('sales.orders'), count(total.orders)],
  ]
  return (
    <div className="flex flex-col gap-8">
      <dl className="grid gap-3 sm:grid-cols-3">
        {figures.map(([name, value]) => (
          <div key={name} className="rounded-card border bg-surface p-4">
            <dt className="text-muted text-sm">{name}</dt>
            <dd className="tabular mt-1 font-semibold text-lg">{value}</dd>
          </div>
        ))}
      </dl>
      <Bars days={days} />
      <Table
        label={t('sales.byCourse')}
        rows={courses}
        keyOf={({ courseId }) => courseId}
        columns={[
          { name: t('sales.course'), place: 'title', cell: ({ title }) => title },
          { name: t('sales.orders'), figures: true, cell: ({ orders }) => count(orders) },
          { name: t('sales.paid'), figures: true, cell: ({ paidFen }) => money(paidFen) },
          { name: t('sales.refunded'), figures: true, cell: ({ refundedFen }) => money(refundedFen) },
        ]}
      />
    </div>
  )
}

/** A bar for each day with sales; the figures are there for those who cannot see them. */
function Bars({ days }: { days: Sales['days'] }) {
  const { t } = useTranslation()
  const most = Math.max(...days.map(({ paidFen }) => paidFen), 1)
  return (
    <section aria-label={t('sales.byDay')}>
      <h2 className="mb-3 font-medium">{t('sales.byDay')}</h2>
      <ul className="flex flex-col gap-1.5 text-sm">
        {days.map(({ day, paidFen, orders }) => (
          <li key={day} className="tabular grid grid-cols-[6rem_1fr_auto] items-center gap-3">
            <span className="text-muted">{day}</span>
            <span
              aria-hidden
              className="h-2 rounded-full bg-accent-fill"
              style={{ width: `${(paidFen / most) * 100}%` }}
            />
            <span>
              {money(paidFen)} · {t('sales.orderCount', { count: orders })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
