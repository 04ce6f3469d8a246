/** The proof that a person is here, where the server asks for one: a widget that speaks as Turnstile does. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInWays } from '../../../src/users/schema.ts'
import { currentLanguage } from '../i18n/i18n.ts'
import { Button } from '../ui/button.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'

type Options = {
  sitekey: string
  theme: 'light' | 'dark'
  language: string
  size: 'flexible'
  callback: (token: string) => void
  'expired-callback': () => void
  'error-callback': () => boolean
}
type Widget = { render(place: HTMLElement, options: Options): string; remove(id: string): void }

declare global {
  interface Window {
    turnstile?: Widget
  }
}

/** `onToken` is told an empty one when the last is too old. */
type Props = { captcha: NonNullable<SignInWays['captcha']>; onToken: (token: string) => void }

/** A token is good once: give the component another key for the next. */
export function Captcha({ captcha: { siteKey, scriptUrl }, onToken }: Props) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  const tell = useRef(onToken)
  tell.current = onToken
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (failed) return
    let shown: string | undefined
    let gone = false
    const fail = () => {
      setFailed(true)
      return true
    }
    load(scriptUrl).then((widget) => {
      if (gone || !place.current) return
      shown = widget.render(place.current, {
        sitekey: siteKey,
        theme: document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light',
        language: currentLanguage(),
        size: 'flexible',
        callback: (token) => tell.current(token),
        'expired-callback': () => tell.current(''),
        'error-callback': fail,
      })
    }, fail)
    return () => {
      gone = true
      if (shown !== undefined) window.turnstile?.remove(shown)
    }
  }, [siteKey, scriptUrl, failed])
  if (failed)
    return (
      <div className="flex flex-col items-start gap-2">
        <FormTrouble>{t('signIn.captchaMissing')}</FormTrouble>
        <Button size="sm" onClick={() => setFailed(false)}>
          {t('actions.retry')}
        </Button>
      </div>
    )
  return <div ref={place} data-testid="captcha" className="min-h-[65px]" />
}

let loading: Promise<Widget> | undefined

function load(scriptUrl: string): Promise<Widget> {
  loading ??= new Promise<Widget>((resolve, reject) => {
    const src = `${scriptUrl}${scriptUrl.includes('?') ? '&' : '?'}render=explicit`
    const script = Object.assign(document.createElement('script'), { src, async: true })
    script.onload = () => (window.turnstile ? resolve(window.turnstile) : reject(new Error('no captcha')))
    script.onerror = () => reject(new Error('the captcha did not load'))
    document.head.append(script)
  }).catch((error) => {
    loading = undefined
    throw error
  })
  return loading
}
