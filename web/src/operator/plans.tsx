/** The memberships, on sale or not. */
import { useQuery } from '@tanstack/react-query'
import { Ticket } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PlanDraft } from '../../../src/courses/schema.ts'
import { shelfApi } from '../api/teaching.ts'
import { count } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Pill } from '../ui/pills.tsx'
import { Price } from '../ui/price.tsx'
import { Section } from '../ui/section.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { PlanDialog } from './plan-dialog.tsx'

export function Plans() {
  const { t } = useTranslation()
  const [open, setOpen] = useState<{ plan: PlanDraft | null } | null>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['operator', 'plans'], queryFn: shelfApi.plans, staleTime: 0 })
  const columns: Column<PlanDraft>[] = [
    { name: t('editor.title'), place: 'title', cell: ({ title }) => title },
    {
      name: t('shelf.opens'),
      cell: ({ allCourses, courseCount }) =>
        allCourses ? t('shelf.allCourses') : t('shelf.courses', { count: courseCount }),
    },
    { name: t('shelf.days'), figures: true, cell: ({ days }) => count(days) },
    {
      name: t('shelf.price'),
      figures: true,
      cell: (plan) => <Price fen={plan.priceFen} listFen={plan.listPriceFen} />,
    },
    { name: t('shelf.members'), figures: true, cell: ({ members }) => count(members) },
    {
      name: t('operator.column.status'),
      figures: true,
      cell: ({ onSale }) => (
        <Pill tone={onSale ? 'good' : 'quiet'}>{t(onSale ? 'shelf.onSale' : 'shelf.offSale')}</Pill>
      ),
    },
    {
      name: t('operator.users.actions'),
      figures: true,
      place: 'action',
      cell: (plan) => (
        <Button size="sm" onClick={() => setOpen({ plan })}>
          {t('actions.edit')}
        </Button>
      ),
    },
  ]
  return (
    <Section
      title={t('shelf.plans')}
      action={
        <Button size="sm" onClick={() => setOpen({ plan: null })} data-testid="new-plan">
          {t('shelf.addPlan')}
        </Button>
      }
    >
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-32 rounded-card" />
      ) : data.plans.length === 0 ? (
        <Empty small icon={<Ticket size={28} strokeWidth={1.5} />} title={t('shelf.noPlans')} />
      ) : (
        <Table label={t('shelf.plans')} columns={columns} rows={data.plans} keyOf={({ id }) => id} />
      )}
      {open && <PlanDialog plan={open.plan} onClose={() => setOpen(null)} />}
    </Section>
  )
}
