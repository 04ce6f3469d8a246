/** Signing in, or signing up, with a username and a password. */
import type { TFunction } from 'i18next'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'

type Mistakes = Partial<Record<'username' | 'displayName' | 'password' | 'form', string>>

type Props = { isNew: boolean; termsVersion: string | undefined; children?: ReactNode }

/** The children are where the terms are accepted, by whoever is new. */
export function PasswordForm({ isNew, termsVersion, children }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const { username = '', password = '' } = form
    const displayName = form.displayName?.trim() || username
    const found = mistakesIn({ username, password }, isNew, t)
    if (isNew && !termsVersion) found.form = t('errors.terms_not_accepted')
    setMistakes(found)
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      if (isNew) await api.signUp({ username, displayName, password, ...(termsVersion && { termsVersion }) })
      else await api.signIn({ username, password })
    } catch (error) {
      setMistakes({ [codeOf(error) === 'username_taken' ? 'username' : 'form']: textOf(error) })
      setBusy(false)
    }
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-6">
      <Field
        name="username"
        label={t(isNew ? 'account.username' : 'signIn.usernameOrPhone')}
        hint={isNew && t('account.usernameHint')}
        error={mistakes.username}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={32}
        required
        autoFocus
      />
      {isNew && (
        <Field
          name="displayName"
          label={t('account.displayName')}
          hint={t('account.displayNameHint')}
          error={mistakes.displayName}
          autoComplete="nickname"
          maxLength={40}
        />
      )}
      <PasswordField
        name="password"
        label={t('account.password')}
        hint={isNew && t('account.passwordHint')}
        error={mistakes.password}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        maxLength={200}
        required
      />
      {children}
      {mistakes.form && <FormTrouble>{mistakes.form}</FormTrouble>}
      <Button type="submit" look="primary" size="lg" busy={busy} className="mt-2" data-testid="sign-in-submit">
        {t(isNew ? 'account.signUp' : 'account.signIn')}
      </Button>
    </form>
  )
}

function mistakesIn(form: { username: string; password: string }, isNew: boolean, t: TFunction): Mistakes {
  const mistakes: Mistakes = {}
  if (!form.username) mistakes.username = t('account.required')
  else if (isNew && !/^[A-Za-z0-9_.-]{3,32}$/.test(form.username)) mistakes.username = t('account.usernameInvalid')
  if (!form.password) mistakes.password = t('account.required')
  else if (isNew && form.password.length < 8) mistakes.password = t('account.passwordShort')
  return mistakes
}
