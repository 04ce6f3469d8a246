/** Operators: giving money back without having been asked. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Order } from '../../../src/orders/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { AmountField, fenOf, yuanOf } from '../ui/amount-field.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'

type Props = { order: Order; left: number; onClose: () => void }

export function RefundOrderDialog({ order, left, onClose }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [amount, setAmount] = useState(yuanOf(left))
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const key = useMemo(() => crypto.randomUUID(), [])
  const fen = fenOf(amount)
  const wrong = fen === undefined || fen > left || (fen === 0 && left > 0)
  const give = useMutation({
    mutationFn: () => operatorApi.refundOrder(order.id, { amountFen: fen!, reason: reason.trim() }, key),
    onSuccess: ({ status }) => {
      tell(t(status === 'approving' ? 'operator.waitsForSecond' : 'operator.refundOnItsWay'))
      void queries.invalidateQueries({ queryKey: ['operator'] })
      onClose()
    },
  })
  const send = () => {
    setAsked(true)
    if (!wrong && reason.trim()) give.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('operator.giveBack')}
      text={t('operator.giveBackText', { amount: money(left) })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" data-testid="give-back" busy={give.isPending} onClick={send}>
            {t('operator.giveBack')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <AmountField
          label={t('operator.amountYuan')}
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
          error={asked && wrong ? t('operator.amountWrong', { amount: money(left) }) : undefined}
        />
        <TextField
          label={t('orders.refund.reason')}
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={
            give.error ? textOf(give.error) : asked && !reason.trim() ? t('orders.refund.reasonMissing') : undefined
          }
        />
      </div>
    </Dialog>
  )
}
