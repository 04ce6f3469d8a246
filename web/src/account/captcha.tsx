/** The proof that a person is here, where the server asks for one: a widget that speaks as Turnstile does. */
import { useEffect, useRef } from 'react'
import type { SignInWays } from '../../../src/users/schema.ts'

type Widget = {
  render(place: HTMLElement, options: { sitekey: string; callback: (token: string) => void }): string
  remove(id: string): void
}

declare global {
  interface Window {
    turnstile?: Widget
  }
}

type Props = { captcha: NonNullable<SignInWays['captcha']>; onToken: (token: string) => void }

/** A token is good once: give the component another key for the next. */
export function Captcha({ captcha: { siteKey, scriptUrl }, onToken }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const tell = useRef(onToken)
  tell.current = onToken
  useEffect(() => {
    let shown: string | undefined
    let gone = false
    void load(scriptUrl).then((widget) => {
      if (gone || !place.current) return
      shown = widget.render(place.current, { sitekey: siteKey, callback: (token) => tell.current(token) })
    })
    return () => {
      gone = true
      if (shown !== undefined) window.turnstile?.remove(shown)
    }
  }, [siteKey, scriptUrl])
  return <div ref={place} data-testid="captcha" className="min-h-16" />
}

let loading: Promise<Widget> | undefined

function load(scriptUrl: string): Promise<Widget> {
  loading ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement('script'), { src: scriptUrl, async: true })
    script.onload = () => (window.turnstile ? resolve(window.turnstile) : reject(new Error('no captcha')))
    script.onerror = () => {
      loading = undefined
      reject(new Error('the captcha did not load'))
    }
    document.head.append(script)
  })
  return loading
}
