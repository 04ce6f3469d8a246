/** The memberships: what each opens, for how long, for how much. */
import { Check, Ticket } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { MembershipPlanList } from '../../../src/courses/schema.ts'
import { session } from '../api/api.ts'
import { PurchaseDialog } from '../checkout/purchase-dialog.tsx'
import { dayOf } from '../format.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Pill } from '../ui/pills.tsx'
import { Price } from '../ui/price.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { usePlans } from './use-plans.ts'

type Plan = MembershipPlanList['plans'][number]

/** In the address: the checkout of this plan is open. */
const BUY = 'buy'

export function MembershipPage() {
  const { t } = useTranslation()
  useTitle(t('membership.title'))
  return (
    <main className="mx-auto max-w-5xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl sm:text-2xl">{t('membership.title')}</h1>
      <p className="mt-2 max-w-2xl text-muted">{t('membership.lead')}</p>
      <Plans />
      <Checkout />
    </main>
  )
}

function Plans() {
  const { t } = useTranslation()
  const { data, error, refetch } = usePlans()
  if (error && !data) return <Failed error={error} title={t('membership.failed')} onRetry={() => void refetch()} />
  if (!data)
    return (
      <div className="mt-8 grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
        <Skeleton className="h-72 rounded-card" />
        <Skeleton className="h-72 rounded-card" />
      </div>
    )
  if (data.plans.length === 0)
    return (
      <div className="mt-8 rounded-card border border-dashed">
        <Empty
          icon={<Ticket size={32} strokeWidth={1.5} />}
          title={t('membership.empty.title')}
          text={t('membership.empty.text')}
        >
          <Link to="/courses" className={buttonClasses()}>
            {t('learning.find')}
          </Link>
        </Empty>
      </div>
    )
  return (
    <ul className="mt-8 grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
      {data.plans.map((plan) => (
        <PlanCard key={plan.id} plan={plan} />
      ))}
    </ul>
  )
}

function PlanCard({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const { mine } = plan
  return (
    <li
      className={classes('flex flex-col gap-4 rounded-card border bg-surface p-5 shadow-card', mine && 'border-good')}
      data-testid={`plan-${plan.id}`}
    >
      <div>
        <div className="flex items-start justify-between gap-2">
          <h2 className="display text-lg">{plan.title}</h2>
          {mine && <Pill tone="good">{t('course.have.membership')}</Pill>}
        </div>
        {plan.description && <p className="mt-1 whitespace-pre-wrap text-muted text-sm">{plan.description}</p>}
      </div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <Price fen={plan.priceFen} listFen={plan.listPriceFen} large />
        <span className="tabular text-muted text-sm">{t('membership.days', { count: plan.days })}</span>
      </p>
      <Opens plan={plan} />
      <div className="mt-auto flex flex-col gap-2 pt-2">
        {mine?.endsAt && <p className="tabular text-good text-sm">{t('course.until', { day: dayOf(mine.endsAt) })}</p>}
        {plan.onSale ? <BuyLink plan={plan} /> : <p className="text-muted text-sm">{t('membership.offSale')}</p>}
      </div>
    </li>
  )
}

function Opens({ plan: { allCourses, courses, courseCount } }: { plan: Plan }) {
  const { t } = useTranslation()
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {allCourses ? (
        <Opened>{t('membership.allCourses')}</Opened>
      ) : (
        courses.map(({ id, title }) => (
          <Opened key={id}>
            <Link to={`/courses/${id}`} className="hover:text-accent">
              {title}
            </Link>
          </Opened>
        ))
      )}
      {courseCount > courses.length && !allCourses && (
        <li className="ps-6 text-muted">{t('membership.andMore', { count: courseCount - courses.length })}</li>
      )}
    </ul>
  )
}

const Opened = ({ children }: { children: React.ReactNode }) => (
  <li className="flex items-start gap-2">
    <Check size={16} aria-hidden className="mt-1 shrink-0 text-good" />
    <span className="min-w-0">{children}</span>
  </li>
)

function BuyLink({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const { status } = useStore(session.view)
  const open = `/membership?${BUY}=${plan.id}`
  return (
    <Link
      to={status === 'signed_out' ? `/sign-in?${new URLSearchParams({ next: open })}` : open}
      className={buttonClasses(plan.mine ? 'quiet' : 'primary', 'lg')}
      data-testid="buy-plan"
    >
      {t(plan.mine ? 'membership.renew' : 'membership.join')}
    </Link>
  )
}

function Checkout() {
  const [params, setParams] = useSearchParams()
  const { status } = useStore(session.view)
  const planId = params.get(BUY)
  if (!planId || status === 'signed_out') return null
  return <PurchaseDialog open planId={planId} onClose={() => setParams({}, { replace: true })} />
}
