/** A chapter is made, renamed or removed. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { type Plan, removeChapter, renameChapter } from './outline-plan.ts'

export type ChapterTask = { kind: 'new' } | { kind: 'rename' | 'remove'; key: string }

type Props = {
  task: ChapterTask
  plan: Plan
  onAdd: (title: string) => void
  commit: (plan: Plan) => void
  onClose: () => void
}

export function ChapterDialog({ task, plan, onAdd, commit, onClose }: Props) {
  const known = task.kind === 'new' ? undefined : plan.find(({ key }) => key === task.key)
  if (task.kind === 'remove') {
    return (
      <RemoveDialog
        title={known?.title ?? ''}
        lessons={known?.lessons.length ?? 0}
        onRemove={() => commit(removeChapter(plan, task.key))}
        onClose={onClose}
      />
    )
  }
  const save = (title: string) => (task.kind === 'new' ? onAdd(title) : commit(renameChapter(plan, task.key, title)))
  return <TitleDialog isNew={task.kind === 'new'} title={known?.title ?? ''} onSave={save} onClose={onClose} />
}

type TitleProps = { isNew: boolean; title: string; onSave: (title: string) => void; onClose: () => void }

function TitleDialog({ isNew, title: before, onSave, onClose }: TitleProps) {
  const { t } = useTranslation()
  const [mistake, setMistake] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const title = String(new FormData(event.currentTarget).get('title')).trim()
    if (!title) return setMistake(t('account.required'))
    onSave(title)
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(isNew ? 'editor.newChapter' : 'editor.renameChapter')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="chapter" look="primary" data-testid="save-chapter">
            {t(isNew ? 'actions.add' : 'actions.save')}
          </Button>
        </>
      }
    >
      <form id="chapter" noValidate onSubmit={submit}>
        <Field
          name="title"
          label={t('editor.chapterTitle')}
          placeholder={t('editor.chapterPlaceholder')}
          defaultValue={before}
          maxLength={120}
          error={mistake}
        />
      </form>
    </Dialog>
  )
}

type RemoveProps = { title: string; lessons: number; onRemove: () => void; onClose: () => void }

function RemoveDialog({ title, lessons, onRemove, onClose }: RemoveProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('editor.removeChapterTitle', { title })}
      text={lessons > 0 ? t('editor.removeChapterText') : t('editor.removeEmptyChapter')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button
            look="ink"
            data-testid="confirm"
            onClick={() => {
              onRemove()
              onClose()
            }}
          >
            {t('editor.removeChapter')}
          </Button>
        </>
      }
    />
  )
}
