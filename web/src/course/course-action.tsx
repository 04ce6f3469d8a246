/** The one button of a course, and beside it what can be tried first. */
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useSearchParams } from 'react-router'
import type { CoursePage, OutlineLesson } from '../../../src/courses/schema.ts'
import { PurchaseDialog } from '../checkout/purchase-dialog.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { nextStepOf, tasteOf } from './next-step.ts'

/** In the address: the checkout is open. */
const BUY = 'buy'

type Props = { page: CoursePage; size?: 'md' | 'lg'; wide?: boolean }

export function CourseAction({ page, size = 'lg', wide }: Props) {
  const { t } = useTranslation()
  const step = nextStepOf(page)
  const look = classes(buttonClasses('primary', size), 'min-w-0', wide && 'flex-1')
  if (step.to === 'none') return <p className="text-muted text-sm">{t('course.offSale')}</p>
  if (step.to === 'wait') return <p className="text-muted text-sm">{t('course.nothingYet')}</p>
  if ('lesson' in step)
    return (
      <Link to={`/lessons/${step.lesson.id}`} className={look} title={step.lesson.title} data-testid="course-action">
        {t(`course.action.${step.to}`)}
      </Link>
    )
  return (
    <BuyLink className={look} signedIn={page.viewer !== null}>
      {t(`course.action.${step.to}`)}
    </BuyLink>
  )
}

/** What can be tried before buying. */
export function Taste({ page }: { page: CoursePage }) {
  const { t } = useTranslation()
  const { to } = nextStepOf(page)
  const taste = to === 'buy' || to === 'take' ? tasteOf(page) : undefined
  if (!taste) return null
  return (
    <Link
      to={`/lessons/${taste.id}${taste.live ? '?try' : ''}`}
      className={buttonClasses('quiet', 'lg')}
      data-testid="course-taste"
    >
      {t(tasteLabel(taste))}
    </Link>
  )
}

const tasteLabel = ({ kind, free, live }: OutlineLesson) =>
  live
    ? 'course.taste.live'
    : free
      ? 'course.taste.free'
      : kind === 'video'
        ? 'course.taste.video'
        : 'course.taste.text'

/** Visitors sign in first, and find the checkout open when they come back. */
function BuyLink({ className, signedIn, children }: { className: string; signedIn: boolean; children: string }) {
  const { pathname } = useLocation()
  const open = `${pathname}?${BUY}=1`
  const to = signedIn ? open : `/sign-in?${new URLSearchParams({ next: open })}`
  return (
    <Link to={to} className={className} data-testid="course-action">
      {children}
    </Link>
  )
}

/** The checkout of a course over its page, open where the address says so and there is something to buy. */
export function CourseCheckout({ page }: { page: CoursePage }) {
  const [params, setParams] = useSearchParams()
  const { to } = nextStepOf(page)
  const asked = params.has(BUY) && page.viewer !== null
  // Once it is paid for, the checkout stays to say so.
  const begun = useRef(false)
  begun.current = asked && (begun.current || to === 'buy' || to === 'take')
  if (!begun.current) return null
  const close = () => {
    const next = new URLSearchParams(params)
    next.delete(BUY)
    setParams(next, { replace: true })
  }
  return <PurchaseDialog open onClose={close} courseId={page.course.id} />
}
