/** Where WeChat sends the browser back to: signs in, or links the account that is signed in. */
import { MessageCircleX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, Navigate, useSearchParams } from 'react-router'
import { api, session } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Empty, Skeleton } from '../ui/states.tsx'
import { rememberedNext } from './after-wechat.ts'
import { afterSignIn } from './safe-next.ts'

type Purpose = 'signIn' | 'link'

export function WechatReturnPage({ purpose }: { purpose: Purpose }) {
  const { t } = useTranslation()
  useTitle(t('signIn.wechat'))
  return purpose === 'signIn' ? (
    <Return purpose={purpose} />
  ) : (
    <SignedInOnly>{() => <Return purpose={purpose} />}</SignedInOnly>
  )
}

function Return({ purpose }: { purpose: Purpose }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [search, setSearch] = useSearchParams()
  const [outcome, setOutcome] = useState<'waiting' | 'done' | { trouble: string }>('waiting')
  const begun = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what the browser came back with
  useEffect(() => {
    if (begun.current) return
    begun.current = true
    const [code, state] = [search.get('code'), search.get('state')]
    // What is in the address is good once, and nobody else's business.
    setSearch({}, { replace: true })
    if (!code || !state) return setOutcome({ trouble: t('signIn.wechatRefused') })
    const coming = purpose === 'signIn' ? api.signInByWechat({ code, state }) : api.linkWechat({ code, state })
    coming.then(
      () => {
        if (purpose === 'link') tell(t('me.wechat.done'))
        setOutcome('done')
      },
      (error) => setOutcome({ trouble: textOf(error) }),
    )
  }, [])
  if (outcome === 'waiting') return <Skeleton className="mx-auto mt-12 h-48 max-w-sm rounded-card" />
  if (outcome === 'done')
    return <Navigate to={purpose === 'link' ? '/account' : afterSignIn(session.view.get(), rememberedNext())} replace />
  return (
    <main role="alert" className="flex min-h-[50dvh] items-center justify-center">
      <Empty
        icon={<MessageCircleX size={32} strokeWidth={1.5} />}
        title={t('signIn.wechatFailed')}
        text={outcome.trouble}
      >
        <Link to={purpose === 'link' ? '/account' : '/sign-in'} className={buttonClasses('primary')}>
          {t(purpose === 'link' ? 'account.title' : 'signIn.backToSignIn')}
        </Link>
      </Empty>
    </main>
  )
}
