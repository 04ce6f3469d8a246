/** Asking for one's money back. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Order } from '../../../src/orders/schema.ts'
import { ordersApi } from '../api/orders.ts'
import { money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'

const LONGEST_REASON = 200

export function RefundDialog({ order, onClose }: { order: Order; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const key = useMemo(() => crypto.randomUUID(), [])
  const request = useMutation({
    mutationFn: () => ordersApi.requestRefund(order.id, reason.trim(), key),
    onSuccess: () => {
      tell(t('orders.refund.asked'))
      void queries.invalidateQueries({ queryKey: ['orders'] })
      void queries.invalidateQueries({ queryKey: ['order', order.id] })
      onClose()
    },
  })
  const missing = asked && !reason.trim() ? t('orders.refund.reasonMissing') : undefined
  const send = () => {
    setAsked(true)
    if (reason.trim()) request.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('orders.refund.title')}
      text={t('orders.refund.text', { title: order.title, amount: money(order.payableFen - order.refundedFen) })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" data-testid="ask-refund" busy={request.isPending} onClick={send}>
            {t('orders.refund.ask')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('orders.refund.reason')}
        hint={t('orders.refund.reasonHint')}
        error={request.error ? textOf(request.error) : missing}
        maxLength={LONGEST_REASON}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Dialog>
  )
}
