/** Ways in, side by side: by phone where codes are sent, by password, through WeChat; they lead back to where one came from. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useSearchParams } from 'react-router'
import type { SignInWays } from '../../../src/users/schema.ts'
import { wechatWay } from '../api/account-calls.ts'
import { session } from '../api/api.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { classes } from '../ui/classes.ts'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { AcceptTerms } from './accept-terms.tsx'
import { PasswordForm } from './password-form.tsx'
import { PhoneForm } from './phone-form.tsx'
import { ResetForm } from './reset-form.tsx'
import { afterSignIn, safeNext } from './safe-next.ts'
import { useSignInWays } from './sign-in-ways.ts'
import { WechatButton } from './wechat-button.tsx'

type Way = 'phone' | 'password' | 'signUp' | 'reset'

export function SignInPage({ tab }: { tab: 'signIn' | 'signUp' }) {
  const { t } = useTranslation()
  useTitle(t(tab === 'signIn' ? 'nav.signIn' : 'nav.signUp'))
  const [search] = useSearchParams()
  const view = useStore(session.view)
  const { data: ways, error, refetch } = useSignInWays()
  if (view.status === 'signed_in') return <Navigate to={afterSignIn(view, safeNext(search.get('next')))} replace />
  return (
    <main className="mx-auto flex max-w-sm flex-col px-4 pt-10 pb-16 sm:pt-16">
      {ways ? (
        <Ways ways={ways} isNew={tab === 'signUp'} />
      ) : error ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-80" />
      )}
    </main>
  )
}

/** The way is part of the address: `?way=password`, `?way=reset`. */
function wayOf(asked: string | null, ways: SignInWays, isNew: boolean): Way {
  if (isNew) return 'signUp'
  if (!ways.phone || asked === 'password') return 'password'
  return asked === 'reset' ? 'reset' : 'phone'
}

function Ways({ ways, isNew }: { ways: SignInWays; isNew: boolean }) {
  const { t } = useTranslation()
  const [search] = useSearchParams()
  const next = safeNext(search.get('next'))
  const way = wayOf(search.get('way'), ways, isNew)
  const [accepted, setAccepted] = useState<string>()
  // Another version that came into force meanwhile has to be accepted anew.
  const termsVersion = accepted === ways.termsVersion ? accepted : undefined
  const terms = (
    <AcceptTerms
      accepted={termsVersion !== undefined}
      onChange={(accepted) => setAccepted(accepted ? ways.termsVersion : undefined)}
    />
  )
  const address = (name: Way) => {
    const query = new URLSearchParams(search)
    query.delete('way')
    if (name !== 'signUp' && ways.phone && name !== 'phone') query.set('way', name)
    return `/${name === 'signUp' ? 'sign-up' : 'sign-in'}${query.size ? `?${query}` : ''}`
  }
  const names: Way[] = ways.phone ? ['phone', 'password'] : ['password', 'signUp']
  return (
    <>
      <h1 className="display text-xl">{t(`signIn.title.${way}`)}</h1>
      <p className="mt-1 text-muted text-sm">{t(`signIn.lead.${way}`)}</p>
      <nav className="mt-6 grid grid-cols-2 border-b text-center text-sm">
        {names.map((name) => (
          <Link
            key={name}
            to={address(name)}
            replace
            aria-current={name === way ? 'page' : undefined}
            data-testid={`way-${name}`}
            className={classes(
              '-mb-px border-b-2 py-2.5 transition-colors duration-150',
              name === way ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-text',
            )}
          >
            {t(ways.phone ? `signIn.way.${name}` : name === 'signUp' ? 'nav.signUp' : 'nav.signIn')}
          </Link>
        ))}
      </nav>
      {way === 'phone' && (
        <PhoneForm ways={ways} termsVersion={termsVersion}>
          {terms}
        </PhoneForm>
      )}
      {way === 'reset' && <ResetForm ways={ways} />}
      {(way === 'password' || way === 'signUp') && (
        <PasswordForm key={way} isNew={way === 'signUp'} termsVersion={termsVersion}>
          {way === 'signUp' && terms}
        </PasswordForm>
      )}
      {ways.phone && (
        <p className="mt-4 flex justify-between text-sm">
          {way !== 'signUp' && (
            <Link to={address('signUp')} className="text-accent underline-offset-4 hover:underline">
              {t('signIn.byUsername')}
            </Link>
          )}
          {way === 'password' && (
            <Link to={address('reset')} className="text-accent underline-offset-4 hover:underline">
              {t('signIn.forgotten')}
            </Link>
          )}
        </p>
      )}
      {way !== 'reset' && ways.wechat[wechatWay()] && (
        <WechatButton next={next} termsVersion={termsVersion}>
          {way === 'password' && terms}
        </WechatButton>
      )}
    </>
  )
}
