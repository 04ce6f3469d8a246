/** Where something is locked: what opens it, what that costs, and the button, wherever it stands. */
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { CoursePage } from '../../../src/courses/schema.ts'
import { session } from '../api/api.ts'
import { PurchaseDialog } from '../checkout/purchase-dialog.tsx'
import { money } from '../format.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Price } from '../ui/price.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { useCourse } from './use-course.ts'

type Props = {
  courseId: string
  title: string
  text: string
  icon?: ReactNode
  /** Over a picture. */
  onStage?: boolean
}

export function PurchaseCard({ courseId, title, text, icon, onStage }: Props) {
  const { t } = useTranslation()
  const { data } = useCourse(courseId)
  const course = data?.course
  return (
    <section
      aria-label={title}
      data-testid="purchase-card"
      className={classes(
        'flex w-full max-w-md flex-col items-center gap-1.5 rounded-card px-5 text-center',
        onStage ? 'mx-3 border border-stage-line bg-stage-raised py-3 sm:py-6' : 'border bg-surface py-8 shadow-card',
      )}
    >
      {icon && (
        <span aria-hidden className={classes('mb-1', onStage ? 'text-on-stage-muted max-sm:hidden' : 'text-muted')}>
          {icon}
        </span>
      )}
      <p className="display text-balance text-lg">{title}</p>
      <p className={classes('text-balance text-sm', onStage ? 'text-on-stage-muted max-sm:hidden' : 'text-muted')}>
        {text}
      </p>
      <div className="mt-2 flex flex-wrap items-center justify-center gap-x-4 gap-y-3">
        {course ? (
          <>
            <Price fen={course.priceFen} listFen={course.listPriceFen} large={!onStage} onStage={onStage ?? false} />
            <BuyButton course={course} />
          </>
        ) : (
          <Skeleton className="h-10 w-48" />
        )}
      </div>
      <Link
        to={`/courses/${courseId}`}
        className={classes(
          'mt-2 text-sm underline-offset-4 hover:underline',
          onStage ? 'text-on-stage-muted' : 'text-accent',
        )}
      >
        {t('purchase.aboutCourse')}
      </Link>
    </section>
  )
}

type ButtonProps = { course: CoursePage['course']; size?: 'sm' | 'md' | 'lg'; withPrice?: boolean }

/** Opens the checkout over what is there; visitors sign in first and come back. */
export function BuyButton({ course: { id, priceFen, status: courseStatus }, size = 'md', withPrice }: ButtonProps) {
  const { t } = useTranslation()
  const { status } = useStore(session.view)
  const { pathname } = useLocation()
  const [open, setOpen] = useState(false)
  if (courseStatus !== 'published') return <span className="text-sm">{t('course.offSale')}</span>
  if (status === 'signed_out')
    return (
      <Link to={`/sign-in?${new URLSearchParams({ next: pathname })}`} className={buttonClasses('primary', size)}>
        {t('purchase.signIn')}
      </Link>
    )
  const buy = async () => {
    // Over a full screen nothing else can be shown.
    if (document.fullscreenElement) await document.exitFullscreen()
    setOpen(true)
  }
  const label =
    priceFen === 0
      ? t('course.action.take')
      : withPrice
        ? t('purchase.buyFor', { price: money(priceFen) })
        : t(size === 'sm' ? 'purchase.buy' : 'course.action.buy')
  return (
    <>
      <Button look="primary" size={size} onClick={() => void buy()} data-testid="buy">
        {label}
      </Button>
      <PurchaseDialog open={open} onClose={() => setOpen(false)} courseId={id} />
    </>
  )
}
