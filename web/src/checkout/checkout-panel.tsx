/** Buying a course or a membership: what it costs, how to pay, and waiting until the server says that it is paid. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { Quote } from '../../../src/orders/schema.ts'
import type { Channel, ChannelList } from '../../../src/payments/schema.ts'
import { session } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { onServerEvent } from '../api/events.ts'
import { ordersApi, type Wanted } from '../api/orders.ts'
import { money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { Consent } from './agreement.tsx'
import { ChannelChoice } from './channel-choice.tsx'
import { offeredChannels, surroundings } from './channels.ts'
import { Checkout, type CheckoutStep } from './checkout.ts'
import { AlreadyYours, ClosedOrder, Unlocked } from './outcomes.tsx'
import { CouponRow, Summary } from './summary.tsx'
import { Waiting } from './waiting.tsx'

export type CheckoutPanelProps = {
  courseId?: string | undefined
  planId?: string | undefined
  /** An order that was begun before. */
  orderId?: string | undefined
  /** What was bought is open. */
  onDone: () => void
}

export function CheckoutPanel({ courseId, planId, orderId, onDone }: CheckoutPanelProps) {
  const { status } = useStore(session.view)
  if (status === 'signed_out') return <SignInFirst />
  const wanted = courseId ? { courseId } : { planId: planId! }
  return <Purchase key={courseId ?? planId} wanted={wanted} orderId={orderId} onDone={onDone} />
}

function SignInFirst() {
  const { t } = useTranslation()
  const { pathname, search } = useLocation()
  return (
    <div className="flex flex-col items-center gap-4 py-6 text-center">
      <p className="text-muted text-sm">{t('checkout.signInFirst')}</p>
      <Link to={`/sign-in?${new URLSearchParams({ next: pathname + search })}`} className={buttonClasses('primary')}>
        {t('checkout.signIn')}
      </Link>
    </div>
  )
}

type PurchaseProps = { wanted: Wanted; orderId: string | undefined; onDone: () => void }

function Purchase({ wanted, orderId, onDone }: PurchaseProps) {
  const checkout = useCheckout(orderId)
  const view = useStore(checkout.view)
  const [coupon, setCoupon] = useState('')
  const quote = useQuery({
    queryKey: ['quote', wanted, coupon],
    queryFn: () => ordersApi.quote(wanted, coupon || undefined),
    placeholderData: (before) => before,
    staleTime: 0,
  })
  const channels = useQuery({ queryKey: ['payment-channels'], queryFn: ordersApi.channels })
  const { step, order, error } = view
  useRefreshRights(step === 'done')
  const { refetch } = quote
  useEffect(() => {
    // Bought elsewhere in the meantime: the quote knows.
    if (error !== null && codeOf(error) === 'already_entitled') void refetch()
  }, [error, refetch])

  const shown = (content: ReactNode) => <Stage step={step}>{content}</Stage>
  if (step === 'done') return shown(<Unlocked order={order} onDone={onDone} />)
  if (step === 'closed') return shown(<ClosedOrder onAgain={() => checkout.again()} />)
  if (step === 'waiting' || step === 'confirming')
    return shown(<Waiting checkout={checkout} view={view} sandboxUrl={channels.data?.sandboxUrl ?? null} />)
  const trouble = quote.error ?? channels.error
  if (trouble && !(quote.data && channels.data))
    return <Failed error={trouble} onRetry={() => void Promise.all([quote.refetch(), channels.refetch()])} />
  if (!quote.data || !channels.data) return <Skeleton className="h-72 rounded-card" />
  if (quote.data.yours && !quote.data.yours.more) return <AlreadyYours quote={quote.data} onDone={onDone} />
  return shown(
    <Choosing
      quote={quote.data}
      channels={channels.data}
      checkout={checkout}
      wanted={wanted}
      coupon={coupon}
      quoting={quote.isFetching}
      onCoupon={setCoupon}
    />,
  )
}

const stages = {
  choosing: 'choosing',
  ordering: 'choosing',
  waiting: 'paying',
  confirming: 'paying',
  done: 'done',
  closed: 'closed',
} as const satisfies Record<CheckoutStep, string>

/** When the purchase goes on to something else, whoever goes by keyboard or listens is taken along. */
function Stage({ step, children }: { step: CheckoutStep; children: ReactNode }) {
  const content = useRef<HTMLDivElement>(null)
  const stage = stages[step]
  const before = useRef<string>(stage)
  useEffect(() => {
    if (before.current !== stage) content.current?.focus()
    before.current = stage
  }, [stage])
  return (
    <div ref={content} tabIndex={-1} className="outline-none">
      {children}
    </div>
  )
}

/** A checkout that lives as long as its panel, and hears of its order. */
function useCheckout(orderId: string | undefined): Checkout {
  const checkout = useMemo(
    () => new Checkout({ api: ordersApi, now: serverClock.now, newKey: () => crypto.randomUUID() }),
    [],
  )
  useEffect(() => {
    const stop = onServerEvent('orderChanged', ({ orderId }) => void checkout.noticed(orderId))
    return () => {
      stop()
      checkout.close()
    }
  }, [checkout])
  useEffect(() => {
    if (orderId) void checkout.resume(orderId)
  }, [checkout, orderId])
  return checkout
}

function useRefreshRights(done: boolean): void {
  const queries = useQueryClient()
  useEffect(() => {
    if (done) void queries.invalidateQueries()
  }, [done, queries])
}

type ChoosingProps = {
  quote: Quote
  channels: ChannelList
  checkout: Checkout
  wanted: Wanted
  coupon: string
  quoting: boolean
  onCoupon: (coupon: string) => void
}

function Choosing({ quote, channels, checkout, wanted, coupon, quoting, onCoupon }: ChoosingProps) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { step, error } = useStore(checkout.view)
  const offered = offeredChannels(channels.channels, surroundings())
  const [chosen, setChosen] = useState<Channel | null>(offered[0] ?? null)
  const [consent, setConsent] = useState(false)
  const [asked, setAsked] = useState(false)
  const free = quote.payableFen === 0
  const pay = () => {
    setAsked(true)
    if (!consent) return
    const wish = { agreementVersion: quote.agreementVersion, ...(coupon && { couponCode: coupon }) }
    void checkout.pay(wanted, wish, free ? null : chosen)
  }
  return (
    <div className="flex flex-col gap-4">
      <Summary quote={quote} />
      {quote.listFen > 0 && <CouponRow quote={quote} coupon={coupon} busy={quoting} onUse={onCoupon} />}
      {!free &&
        (offered.length > 0 ? (
          <ChannelChoice channels={offered} chosen={chosen} onChoose={setChosen} />
        ) : (
          <p className="rounded-card bg-sunken p-3 text-muted text-sm">{t('checkout.noChannel')}</p>
        ))}
      <Consent given={consent} onChange={setConsent} />
      {asked && !consent && (
        <p role="alert" className="text-accent text-xs">
          {t('checkout.consentFirst')}
        </p>
      )}
      {error !== null && codeOf(error) !== 'already_entitled' && (
        <p role="alert" className="text-accent text-sm">
          {textOf(error)}
        </p>
      )}
      <Button
        look="primary"
        size="lg"
        data-testid="pay"
        busy={step === 'ordering'}
        disabled={!free && !chosen}
        onClick={pay}
      >
        {free ? t('checkout.takeFree') : t('checkout.pay', { amount: money(quote.payableFen) })}
      </Button>
      {channels.sandboxUrl && <p className="text-center text-muted text-xs">{t('checkout.sandbox')}</p>}
    </div>
  )
}
