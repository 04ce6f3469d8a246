/** Begins a course: a title is enough, the rest comes in the editor. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { teachingApi } from '../api/teaching.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { courseEditor } from './editor/addresses.ts'

export function NewCourseDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [mistake, setMistake] = useState<string>()
  const create = useMutation({
    mutationFn: (title: string) => teachingApi.createCourse({ title }),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: ['teaching', 'courses'] })
      navigate(courseEditor(id))
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget).get('title')).trim()
    setMistake(title ? undefined : t('account.required'))
    if (title) create.mutate(title)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('teaching.newCourse')}
      text={t('teaching.newCourseText')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="new-course" look="primary" busy={create.isPending} data-testid="create-course">
            {t('teaching.begin')}
          </Button>
        </>
      }
    >
      <form id="new-course" noValidate onSubmit={submit}>
        <Field
          name="title"
          label={t('editor.title')}
          placeholder={t('editor.titlePlaceholder')}
          maxLength={120}
          error={mistake ?? (create.error ? textOf(create.error) : undefined)}
        />
      </form>
    </Dialog>
  )
}
