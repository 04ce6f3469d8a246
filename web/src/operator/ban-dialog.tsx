/** Operators: keeping somebody out, with a reason that is written down. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ManagedUser } from '../api/accounts.ts'
import { operatorApi } from '../api/operator.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'

export function BanDialog({ user, onClose }: { user: ManagedUser; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const [asked, setAsked] = useState(false)
  const ban = useMutation({
    mutationFn: () => operatorApi.ban(user.id, reason.trim()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['operator'] })
      onClose()
    },
  })
  const send = () => {
    setAsked(true)
    if (reason.trim()) ban.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('operator.users.ban')}
      text={t('operator.users.banText', { name: user.displayName })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" data-testid="ban" busy={ban.isPending} onClick={send}>
            {t('operator.users.ban')}
          </Button>
        </>
      }
    >
      <Field
        label={t('orders.refund.reason')}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
        error={ban.error ? textOf(ban.error) : asked && !reason.trim() ? t('orders.refund.reasonMissing') : undefined}
      />
    </Dialog>
  )
}
