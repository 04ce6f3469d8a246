/** What one learns: one's courses with how far they are, and one's memberships. */
import { BookOpen } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { dayOf } from '../format.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { usePlans } from '../membership/use-plans.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { LearningCard } from './learning-card.tsx'
import { useLearning } from './use-learning.ts'

export function LearningPage() {
  const { t } = useTranslation()
  useTitle(t('learning.title'))
  return <SignedInOnly>{() => <Learning />}</SignedInOnly>
}

function Learning() {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-3xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl sm:text-2xl">{t('learning.title')}</h1>
      <Memberships />
      <Courses />
    </main>
  )
}

function Courses() {
  const { t } = useTranslation()
  const query = useLearning()
  const { list, isPending, error } = query
  if (isPending)
    return (
      <div className="mt-6 flex flex-col gap-4" role="status" aria-label={t('catalogue.loading')}>
        {[1, 2, 3].map((place) => (
          <Skeleton key={place} className="h-32 rounded-card" />
        ))}
      </div>
    )
  if (error && list.length === 0)
    return <Failed error={error} title={t('learning.failed')} onRetry={() => void query.refetch()} />
  if (list.length === 0)
    return (
      <div className="mt-6 rounded-card border border-dashed">
        <Empty
          icon={<BookOpen size={32} strokeWidth={1.5} />}
          title={t('learning.empty.title')}
          text={t('learning.empty.text')}
        >
          <Link to="/courses" className={buttonClasses('primary')}>
            {t('learning.find')}
          </Link>
        </Empty>
      </div>
    )
  return (
    <>
      <ul className="mt-6 flex flex-col gap-4">
        {list.map((course) => (
          <li key={course.id}>
            <LearningCard course={course} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="pt-6 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('actions.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function Memberships() {
  const { t } = useTranslation()
  const { data } = usePlans()
  const mine = data?.plans.filter((plan) => plan.mine) ?? []
  if (mine.length === 0) return null
  return (
    <ul className="mt-6 flex flex-col gap-2">
      {mine.map((plan) => (
        <li
          key={plan.id}
          className="flex flex-wrap items-center gap-x-4 gap-y-1 rounded-card bg-good-soft px-4 py-3 text-sm"
        >
          <span className="min-w-0 flex-1 font-medium text-good">{plan.title}</span>
          {plan.mine?.endsAt && (
            <span className="tabular text-good">{t('course.until', { day: dayOf(plan.mine.endsAt) })}</span>
          )}
          <Link to="/membership" className="font-medium text-good underline underline-offset-4">
            {t(plan.onSale ? 'membership.renew' : 'membership.look')}
          </Link>
        </li>
      ))}
    </ul>
  )
}
