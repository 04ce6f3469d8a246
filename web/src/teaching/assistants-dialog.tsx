/** Who helps in a lesson: added by username, removed again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserRoundMinus } from 'lucide-react'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lesson } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { Skeleton } from '../ui/states.tsx'

export function AssistantsDialog({ lesson, onClose }: { lesson: Lesson; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const key = ['assistants', lesson.id]
  const list = useQuery({ queryKey: key, queryFn: () => api.assistants(lesson.id) })
  const onSettled = () => queries.invalidateQueries({ queryKey: key })
  const add = useMutation({ mutationFn: (username: string) => api.addAssistant(lesson.id, username), onSettled })
  const remove = useMutation({
    mutationFn: (userId: string) => api.removeAssistant(lesson.id, userId),
    onError: (error) => tell(textOf(error)),
    onSettled,
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const username = String(new FormData(form).get('username')).trim()
    if (username)
      add.mutate(username, {
        onSuccess: ({ displayName }) => {
          form.reset()
          tell(t('teaching.assistantAdded', { name: displayName }))
        },
      })
  }
  return (
    <Dialog open onClose={onClose} title={t('teaching.assistants')} text={t('teaching.assistantsLead')}>
      <form onSubmit={submit} className="flex items-start gap-2">
        <div className="flex-1">
          <Field
            name="username"
            label={t('teaching.assistantUsername')}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={32}
            error={add.error ? textOf(add.error) : undefined}
          />
        </div>
        <Button type="submit" busy={add.isPending} className="mt-[27px] h-11 sm:h-10">
          {t('actions.add')}
        </Button>
      </form>
      <ul className="mt-4 divide-y">
        {list.isPending && <Skeleton className="h-10" />}
        {list.data?.assistants.length === 0 && (
          <li className="py-2 text-muted text-sm">{t('teaching.noAssistants')}</li>
        )}
        {list.data?.assistants.map(({ id, username, displayName }) => (
          <li key={id} className="flex items-center gap-3 py-2">
            <Avatar name={displayName} staff size="sm" />
            <span className="min-w-0 flex-1 truncate text-sm">
              {displayName} <span className="text-muted">{username}</span>
            </span>
            <IconButton
              small
              label={`${t('actions.remove')} ${displayName}`}
              icon={<UserRoundMinus size={16} />}
              onClick={() => remove.mutate(id)}
            />
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
