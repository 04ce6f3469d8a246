/** Operators: approving a refund, with another amount if need be, or refusing it with a word why. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Refund } from '../../../src/payments/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { money } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { AmountField, fenOf, yuanOf } from '../ui/amount-field.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'

type Props = { refund: Refund; decision: 'approve' | 'reject'; onClose: () => void }

export function DecideDialog({ refund, decision, onClose }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [amount, setAmount] = useState(yuanOf(refund.amountFen))
  const [answer, setAnswer] = useState('')
  const [asked, setAsked] = useState(false)
  const approves = decision === 'approve'
  const fen = fenOf(amount)
  const wrongAmount = approves && (fen === undefined || fen === 0 || fen > refund.amountFen)
  const missing = !approves && !answer.trim()
  const decide = useMutation({
    mutationFn: () =>
      approves
        ? operatorApi.approve(refund.id, { amountFen: fen!, ...(answer.trim() && { answer: answer.trim() }) })
        : operatorApi.reject(refund.id, answer.trim()),
    onSuccess: ({ status }) => {
      if (approves) tell(t(status === 'approving' ? 'operator.waitsForSecond' : 'operator.refundOnItsWay'))
      void queries.invalidateQueries({ queryKey: ['operator'] })
      onClose()
    },
  })
  const send = () => {
    setAsked(true)
    if (!wrongAmount && !missing) decide.mutate()
  }
  const trouble = decide.error ? textOf(decide.error) : asked && missing ? t('operator.answerMissing') : undefined
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(approves ? 'operator.approve' : 'operator.reject')}
      text={t('operator.decideText', { title: refund.title, amount: money(refund.amountFen) })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" data-testid="decide" busy={decide.isPending} onClick={send}>
            {t(approves ? 'operator.approve' : 'operator.reject')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {approves && (
          <AmountField
            label={t('operator.amountYuan')}
            value={amount}
            onChange={(event) => setAmount(event.target.value)}
            error={asked && wrongAmount ? t('operator.amountWrong', { amount: money(refund.amountFen) }) : undefined}
          />
        )}
        <TextField
          label={t('operator.answer')}
          hint={t('operator.answerHint')}
          maxLength={200}
          value={answer}
          onChange={(event) => setAnswer(event.target.value)}
          error={trouble}
        />
      </div>
    </Dialog>
  )
}
