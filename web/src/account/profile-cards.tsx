/** The name that others see, and how the pages look. */
import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { currentLanguage, type Language, languages, setLanguage } from '../i18n/i18n.ts'
import { useErrorText } from '../i18n/texts.ts'
import { setTheme, type Theme, theme, themes } from '../preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { Select } from '../ui/select.tsx'
import { useStore } from '../use-store.ts'
import { Card } from './card.tsx'

export function ProfileCard({ account }: { account: Account }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const rename = useMutation({ mutationFn: api.rename, onSuccess: () => tell(t('actions.saved')) })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('displayName')).trim()
    if (name) rename.mutate(name)
  }
  return (
    <Card title={t('account.profile')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          name="displayName"
          label={t('account.displayName')}
          hint={t('account.displayNameHint')}
          defaultValue={account.displayName}
          maxLength={40}
          required
          autoComplete="nickname"
          error={rename.error ? textOf(rename.error) : undefined}
        />
        <Button type="submit" busy={rename.isPending} className="self-start">
          {t('actions.save')}
        </Button>
      </form>
    </Card>
  )
}

export function LooksCard() {
  const { t } = useTranslation()
  const chosen = useStore(theme)
  return (
    <Card title={t('account.preferences')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('nav.language')}
          value={currentLanguage()}
          onChange={({ target }) => void setLanguage(target.value as Language)}
        >
          {Object.entries(languages).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <Select label={t('nav.theme')} value={chosen} onChange={({ target }) => setTheme(target.value as Theme)}>
          {themes.map((value) => (
            <option key={value} value={value}>
              {t(`theme.${value}`)}
            </option>
          ))}
        </Select>
      </div>
    </Card>
  )
}
