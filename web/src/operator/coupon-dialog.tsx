/** Operators: making a coupon. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewCoupon } from '../../../src/orders/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { useErrorText } from '../i18n/texts.ts'
import { AmountField, fenOf } from '../ui/amount-field.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { everything, ScopeChoice, scopeFields } from './coupon-scope.tsx'

const start = {
  code: '',
  kind: 'percent' as NewCoupon['kind'],
  scope: everything,
  value: '10',
  minimum: '0',
  uses: '',
  until: '',
}
type Form = typeof start

/** The coupon, or the first field that is wrong. */
function couponOf({ code, kind, scope, value, minimum, uses, until }: Form): NewCoupon | { wrong: keyof Form } {
  if (!/^[A-Za-z0-9_-]{3,32}$/.test(code.trim())) return { wrong: 'code' }
  const percent = /^\d{1,3}$/.test(value) ? Number(value) : 0
  const off = kind === 'percent' ? percent : (fenOf(value) ?? 0)
  if (off < 1 || (kind === 'percent' && off > 100)) return { wrong: 'value' }
  const minimumFen = fenOf(minimum)
  if (minimumFen === undefined) return { wrong: 'minimum' }
  if (uses !== '' && !/^[1-9]\d{0,5}$/.test(uses)) return { wrong: 'uses' }
  const endsAt = until ? new Date(until).getTime() : null
  if (endsAt !== null && !(endsAt > Date.now())) return { wrong: 'until' }
  const scoped = scopeFields(scope)
  if (!scoped) return { wrong: 'scope' }
  return { code: code.trim(), kind, ...scoped, value: off, minimumFen, maximumUses: uses ? Number(uses) : null, endsAt }
}

export function CouponDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [form, setForm] = useState(start)
  const [asked, setAsked] = useState(false)
  const coupon = couponOf(form)
  const wrong = asked && 'wrong' in coupon ? coupon.wrong : null
  const make = useMutation({
    mutationFn: (made: NewCoupon) => operatorApi.createCoupon(made),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['operator', 'coupons'] })
      onClose()
    },
  })
  const send = () => {
    setAsked(true)
    if (!('wrong' in coupon)) make.mutate(coupon)
  }
  const field = (name: Exclude<keyof Form, 'kind' | 'scope'>) => ({
    value: form[name],
    onChange: (event: { target: { value: string } }) => setForm({ ...form, [name]: event.target.value }),
    error: wrong === name ? t(`operator.couponWrong.${name}`) : undefined,
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('operator.newCoupon')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="primary" data-testid="make-coupon" busy={make.isPending} onClick={send}>
            {t('operator.makeCoupon')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('checkout.coupon')} maxLength={32} autoCapitalize="characters" {...field('code')} />
        <Select
          label={t('operator.couponKind')}
          value={form.kind}
          onChange={(event) => setForm({ ...form, kind: event.target.value as Form['kind'] })}
        >
          <option value="percent">{t('operator.percent')}</option>
          <option value="fixed">{t('operator.fixed')}</option>
        </Select>
        <ScopeChoice
          scope={form.scope}
          onChange={(scope) => setForm({ ...form, scope })}
          error={wrong === 'scope' ? t('operator.couponWrong.scope') : undefined}
        />
        <AmountField
          label={t(form.kind === 'percent' ? 'operator.percentOff' : 'operator.amountYuan')}
          {...field('value')}
        />
        <AmountField label={t('operator.minimumYuan')} {...field('minimum')} />
        <Field
          label={t('operator.maximumUses')}
          inputMode="numeric"
          hint={t('operator.emptyForAny')}
          {...field('uses')}
        />
        <Field
          type="datetime-local"
          label={t('operator.column.until')}
          hint={t('operator.emptyForAny')}
          {...field('until')}
        />
      </div>
      {make.error && (
        <p role="alert" className="mt-3 text-accent text-sm">
          {textOf(make.error)}
        </p>
      )}
    </Dialog>
  )
}
