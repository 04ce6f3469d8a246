/** Operators: coupons, made, given out more often, ended. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { TicketPercent } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ListedCoupon } from '../../../src/orders/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment, money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Paged } from '../ui/paged.tsx'
import { Pill } from '../ui/pills.tsx'
import { Empty } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { CouponDialog } from './coupon-dialog.tsx'
import { OperatorFrame } from './operator-frame.tsx'

export function OperatorCouponsPage() {
  const { t } = useTranslation()
  const [making, setMaking] = useState(false)
  const pages = usePages(['operator', 'coupons'], async (after) => {
    const { coupons, next } = await operatorApi.coupons({ after })
    return { items: coupons, next }
  })
  const columns: Column<ListedCoupon>[] = [
    { name: t('checkout.coupon'), place: 'title', cell: ({ code }) => <code>{code}</code> },
    { name: t('operator.column.scope'), cell: ({ scopeTitle }) => scopeTitle ?? t('operator.scope.all') },
    {
      name: t('operator.column.takesOff'),
      figures: true,
      cell: ({ kind, value }) => (kind === 'percent' ? `${value} %` : money(value)),
    },
    {
      name: t('operator.column.uses'),
      figures: true,
      cell: ({ uses, maximumUses }) => `${uses} / ${maximumUses ?? '∞'}`,
    },
    { name: t('operator.column.minimum'), figures: true, cell: ({ minimumFen }) => money(minimumFen) },
    {
      name: t('operator.column.until'),
      figures: true,
      cell: ({ endsAt }) => (endsAt === null ? t('operator.open') : fullMoment(endsAt)),
    },
    { name: t('operator.column.status'), figures: true, cell: (coupon) => <CouponState coupon={coupon} /> },
    { name: t('operator.users.actions'), figures: true, place: 'action', cell: (coupon) => <Switch coupon={coupon} /> },
  ]
  return (
    <OperatorFrame
      place="coupons"
      action={
        <Button look="primary" data-testid="new-coupon" onClick={() => setMaking(true)}>
          {t('operator.newCoupon')}
        </Button>
      }
    >
      <Paged
        pages={pages}
        empty={<Empty small icon={<TicketPercent size={28} strokeWidth={1.5} />} title={t('operator.noCoupons')} />}
      >
        {(list) => <Table label={t('operator.place.coupons')} columns={columns} rows={list} keyOf={({ id }) => id} />}
      </Paged>
      {making && <CouponDialog onClose={() => setMaking(false)} />}
    </OperatorFrame>
  )
}

type State = keyof typeof stateTones
const stateTones = { active: 'good', waiting: 'quiet', disabled: 'quiet', used_up: 'quiet', over: 'quiet' } as const

function stateOf({ startsAt, endsAt, disabledAt, uses, maximumUses }: ListedCoupon, now: number): State {
  if (disabledAt !== null) return 'disabled'
  if (endsAt !== null && endsAt <= now) return 'over'
  if (maximumUses !== null && uses >= maximumUses) return 'used_up'
  return startsAt > now ? 'waiting' : 'active'
}

function CouponState({ coupon }: { coupon: ListedCoupon }) {
  const { t } = useTranslation()
  const state = stateOf(coupon, serverClock.now())
  return <Pill tone={stateTones[state]}>{t(`operator.couponState.${state}`)}</Pill>
}

function Switch({ coupon }: { coupon: ListedCoupon }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const end = useMutation({
    mutationFn: (disabled: boolean) => operatorApi.changeCoupon(coupon.id, { disabled }),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['operator', 'coupons'] }),
    onError: (error) => tell(textOf(error)),
  })
  if (stateOf(coupon, serverClock.now()) === 'over') return null
  return (
    <Button size="sm" busy={end.isPending} onClick={() => end.mutate(coupon.disabledAt === null)}>
      {t(coupon.disabledAt === null ? 'operator.disable' : 'operator.enable')}
    </Button>
  )
}
