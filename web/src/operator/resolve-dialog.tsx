/** Operators: saying how a difference between a bill and the books was settled. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Difference } from '../../../src/payments/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'

export function ResolveDialog({ difference, onClose }: { difference: Difference; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [note, setNote] = useState('')
  const [asked, setAsked] = useState(false)
  const resolve = useMutation({
    mutationFn: () => operatorApi.resolve(difference.id, note.trim()),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['operator'] })
      onClose()
    },
  })
  const send = () => {
    setAsked(true)
    if (note.trim()) resolve.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('operator.resolve')}
      text={`${t(`operator.difference.${difference.kind}`)} · ${difference.number}`}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" busy={resolve.isPending} onClick={send}>
            {t('operator.resolve')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('operator.note')}
        maxLength={500}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        error={resolve.error ? textOf(resolve.error) : asked && !note.trim() ? t('operator.noteMissing') : undefined}
      />
    </Dialog>
  )
}
