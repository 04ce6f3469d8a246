/** A code that comes by message: asked for with a button that counts down, typed or filled in by the phone itself. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CodeSent, SignInWays } from '../../../src/users/schema.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useNow } from '../use-now.ts'
import { Captcha } from './captcha.tsx'

type Props = {
  value: string
  onChange: (code: string) => void
  error?: string | undefined
  captcha?: SignInWays['captcha']
  /** Sends a code, or throws; `captchaToken` where one was asked for. */
  request: (captchaToken?: string) => Promise<CodeSent>
  /** What went wrong with that. */
  onTrouble: (error: unknown) => void
  /** There is no phone to send to yet. */
  disabled?: boolean
}

export function CodeField({ value, onChange, error, captcha, request, onTrouble, disabled }: Props) {
  const { t } = useTranslation()
  const [sent, setSent] = useState<{ answer: CodeSent; again: number } | null>(null)
  const [busy, setBusy] = useState(false)
  const [token, setToken] = useState('')
  const [tries, setTries] = useState(0)
  const wait = useWait(sent?.again ?? 0)
  const ask = async () => {
    setBusy(true)
    try {
      const answer = await request(token || undefined)
      setSent({ answer, again: Date.now() + answer.resendAfterSeconds * 1000 })
      onTrouble(null)
    } catch (trouble) {
      onTrouble(trouble)
    } finally {
      setBusy(false)
      setToken('')
      setTries((count) => count + 1)
    }
  }
  return (
    <div className="flex flex-col gap-3">
      {captcha && wait === 0 && <Captcha key={tries} captcha={captcha} onToken={setToken} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field
            name="code"
            label={t('signIn.code')}
            value={value}
            error={error}
            hint={sent && t('signIn.codeSent', { phone: sent.answer.phone })}
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            onChange={(event) => onChange(event.target.value.replace(/\D/g, ''))}
          />
        </div>
        <Button
          className="mt-[1.9rem] h-11 sm:h-10"
          data-testid="send-code"
          busy={busy}
          disabled={disabled || wait > 0 || (captcha != null && !token)}
          onClick={() => void ask()}
        >
          {wait > 0 ? t('signIn.again', { count: wait }) : t(sent ? 'signIn.sendAgain' : 'signIn.sendCode')}
        </Button>
      </div>
      {sent?.answer.demoCode && (
        <p data-testid="demo-code" className="rounded-control bg-sunken px-3 py-2 text-muted text-sm">
          {t('signIn.demoCode')} <strong className="tabular text-text">{sent.answer.demoCode}</strong>
        </p>
      )}
    </div>
  )
}

/** Whole seconds until then. */
function useWait(until: number): number {
  useNow(500)
  const [left, setLeft] = useState(0)
  const now = Math.max(0, Math.ceil((until - Date.now()) / 1000))
  useEffect(() => setLeft(now), [now])
  return left
}
