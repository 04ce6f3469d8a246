/** For whose account was made by signing in: the name that others will see. */
import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useSearchParams } from 'react-router'
import type { Account } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { safeNext } from './safe-next.ts'

export function WelcomePage() {
  const { t } = useTranslation()
  useTitle(t('me.welcome.title'))
  return <SignedInOnly>{(account) => <NameForm account={account} />}</SignedInOnly>
}

function NameForm({ account }: { account: Account }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const next = safeNext(search.get('next'))
  const rename = useMutation({ mutationFn: api.rename, onSuccess: () => navigate(next, { replace: true }) })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('displayName')).trim()
    if (name) rename.mutate(name)
  }
  return (
    <main className="mx-auto flex max-w-sm flex-col px-4 pt-10 pb-16 sm:pt-16">
      <h1 className="display text-xl">{t('me.welcome.title')}</h1>
      <p className="mt-1 text-muted text-sm">{t('me.welcome.lead')}</p>
      <form onSubmit={submit} className="flex flex-col gap-4 pt-6">
        <Field
          name="displayName"
          label={t('account.displayName')}
          hint={t('account.displayNameHint')}
          defaultValue={account.displayName}
          maxLength={40}
          required
          autoFocus
          autoComplete="nickname"
          onFocus={({ target }) => target.select()}
          error={rename.error ? textOf(rename.error) : undefined}
        />
        <Button type="submit" look="primary" size="lg" busy={rename.isPending} data-testid="save-name">
          {t('me.welcome.go')}
        </Button>
        <Link
          to={next}
          replace
          className="self-center rounded-control text-muted text-sm underline-offset-4 hover:underline"
        >
          {t('me.welcome.later')}
        </Link>
      </form>
    </main>
  )
}
