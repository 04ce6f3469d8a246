/** Takes a lesson out of its course; asks once more where somebody would miss it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { codeOf } from '../../api/errors.ts'
import { teachingApi } from '../../api/teaching.ts'
import { useErrorText } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { tell } from '../../ui/notes.ts'
import { draftKey } from './keys.ts'

type Props = {
  courseId: string
  lesson: { id: string; title: string }
  onClose: () => void
  onDeleted?: () => void
}

export function DeleteLessonDialog({ courseId, lesson: { id, title }, onClose, onDeleted }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [missed, setMissed] = useState(false)
  const remove = useMutation({
    mutationFn: () => teachingApi.deleteLesson(id, missed),
    onSuccess: () => {
      tell(t('teaching.deleted'))
      onClose()
      onDeleted?.()
    },
    onError: (error) => {
      if (codeOf(error) === 'has_learners') return setMissed(true)
      tell(textOf(error))
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: draftKey(courseId) }),
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(missed ? 'editor.missedTitle' : 'editor.deleteLessonTitle')}
      text={t(missed ? 'editor.missedText' : 'editor.deleteLessonText', { title })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" busy={remove.isPending} data-testid="confirm" onClick={() => remove.mutate()}>
            {t(missed ? 'editor.deleteAnyway' : 'actions.delete')}
          </Button>
        </>
      }
    />
  )
}
