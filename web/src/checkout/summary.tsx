/** What is bought, for how long, and what it costs. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Quote } from '../../../src/orders/schema.ts'
import { dayOf, money } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'

export function Summary({ quote }: { quote: Quote }) {
  const { t } = useTranslation()
  const { title, struckThroughFen, listFen, discountFen, payableFen, accessDays, yours } = quote
  return (
    <section aria-label={t('checkout.summary')} className="rounded-card border bg-surface p-4">
      <h3 className="font-medium">{title}</h3>
      <p className="mt-1 text-muted text-sm">
        {accessDays === null ? t('checkout.forGood') : t('checkout.forDays', { count: accessDays })}
      </p>
      {yours?.endsAt && (
        <p className="mt-1 text-good text-sm" data-testid="renewal">
          {t(accessDays === null ? 'checkout.forGoodNow' : 'checkout.renewal', { day: dayOf(yours.endsAt) })}
        </p>
      )}
      <dl className="tabular mt-3 grid grid-cols-[1fr_auto] gap-y-1 border-t pt-3 text-sm">
        <dt className="text-muted">{t('checkout.price')}</dt>
        <dd className="text-end">
          {struckThroughFen !== null && <s className="me-2 text-muted">{money(struckThroughFen)}</s>}
          {money(listFen)}
        </dd>
        {discountFen > 0 && (
          <>
            <dt className="text-muted">{t('checkout.discount')}</dt>
            <dd className="text-end text-good">{money(-discountFen)}</dd>
          </>
        )}
        <dt className="pt-2 font-medium">{t('checkout.payable')}</dt>
        <dd data-testid="payable" className="pt-1 text-end font-semibold text-accent text-lg">
          {money(payableFen)}
        </dd>
      </dl>
    </section>
  )
}

type CouponProps = { quote: Quote; coupon: string; busy: boolean; onUse: (coupon: string) => void }

const CODE = /^[A-Za-z0-9_-]{3,32}$/
const focus = (field: HTMLInputElement | null) => field?.focus()

export function CouponRow({ quote, coupon, busy, onUse }: CouponProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(coupon !== '')
  const [typed, setTyped] = useState(coupon)
  const [malformed, setMalformed] = useState(false)
  const problem = malformed ? 'unknown' : coupon ? quote.couponProblem : null
  if (!open)
    return (
      <button
        type="button"
        data-testid="have-coupon"
        className="self-start text-accent text-sm underline-offset-4 hover:underline"
        onClick={() => setOpen(true)}
      >
        {t('checkout.haveCoupon')}
      </button>
    )
  return (
    <form
      className="flex flex-col gap-1.5"
      onSubmit={(event) => {
        event.preventDefault()
        const code = typed.trim()
        const readable = code === '' || CODE.test(code)
        setMalformed(!readable)
        onUse(readable ? code : '')
      }}
    >
      <div className="flex gap-2">
        <input
          aria-label={t('checkout.coupon')}
          aria-describedby="coupon-note"
          placeholder={t('checkout.coupon')}
          value={typed}
          maxLength={32}
          // It stands where the pressed button was.
          ref={focus}
          autoCapitalize="characters"
          onChange={(event) => setTyped(event.target.value)}
          className={classes(inputClasses(problem !== null), 'h-10 min-w-0 uppercase')}
        />
        <Button type="submit" busy={busy} disabled={typed.trim() === coupon && typed === ''}>
          {t('checkout.useCoupon')}
        </Button>
      </div>
      <p id="coupon-note" role="status" className={classes('text-xs', problem ? 'text-accent' : 'text-good')}>
        {problem
          ? t(`checkout.couponProblem.${problem}`)
          : coupon && quote.discountFen > 0 && t('checkout.couponCounts', { amount: money(quote.discountFen) })}
      </p>
    </form>
  )
}
