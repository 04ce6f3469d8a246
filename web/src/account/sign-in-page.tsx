/** Sign-in and sign-up, as two tabs of one page that leads back to where one came from. */
import type { TFunction } from 'i18next'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router'
import { api, session } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Field, PasswordField } from '../ui/field.tsx'
import { useStore } from '../use-store.ts'

type Tab = 'signIn' | 'signUp'
type Mistakes = Partial<Record<'username' | 'displayName' | 'password' | 'form', string>>

/** Only paths on this site. */
const safeNext = (next: string | null) => (next && /^\/(?![/\\])/.test(next) ? next : '/')

export function SignInPage({ tab }: { tab: Tab }) {
  const { t } = useTranslation()
  useTitle(t(tab === 'signIn' ? 'nav.signIn' : 'nav.signUp'))
  const [search] = useSearchParams()
  const { status } = useStore(session.view)
  const query = search.size ? `?${search}` : ''
  if (status === 'signed_in') return <Navigate to={safeNext(search.get('next'))} replace />
  return (
    <main className="mx-auto flex max-w-sm flex-col px-4 pt-10 pb-16 sm:pt-16">
      <h1 className="display text-xl">{t(tab === 'signIn' ? 'account.welcome' : 'account.welcomeNew')}</h1>
      <p className="mt-1 text-muted text-sm">{t(tab === 'signIn' ? 'account.signInLead' : 'account.signUpLead')}</p>
      <nav className="mt-6 grid grid-cols-2 border-b text-center text-sm">
        {(['signIn', 'signUp'] as const).map((name) => (
          <Link
            key={name}
            to={`/${name === 'signIn' ? 'sign-in' : 'sign-up'}${query}`}
            replace
            aria-current={name === tab ? 'page' : undefined}
            className={classes(
              '-mb-px border-b-2 py-2.5 transition-colors duration-150',
              name === tab ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-text',
            )}
          >
            {t(`nav.${name}`)}
          </Link>
        ))}
      </nav>
      <SignForm key={tab} tab={tab} next={safeNext(search.get('next'))} />
    </main>
  )
}

function SignForm({ tab, next }: { tab: Tab; next: string }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const navigate = useNavigate()
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const [busy, setBusy] = useState(false)
  const isNew = tab === 'signUp'

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const { username = '', password = '' } = form
    const displayName = form.displayName?.trim() || username
    const found = mistakesIn({ username, password }, isNew, t)
    setMistakes(found)
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      if (isNew) await api.signUp({ username, displayName, password })
      else await api.signIn({ username, password })
      navigate(next, { replace: true })
    } catch (error) {
      setMistakes({ [codeOf(error) === 'username_taken' ? 'username' : 'form']: textOf(error) })
      setBusy(false)
    }
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-6">
      <Field
        name="username"
        label={t('account.username')}
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
      {mistakes.form && (
        <p role="alert" className="rounded-control bg-accent-soft px-3 py-2 text-accent text-sm">
          {mistakes.form}
        </p>
      )}
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
