/** A code that comes by message: asked for with a button that counts down, typed, pasted, or filled in by the phone itself. */
import type { TFunction } from 'i18next'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CodeSent, SignInWays } from '../../../src/users/schema.ts'
import { ApiError } from '../api/errors.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { useNow } from '../use-now.ts'
import { Captcha } from './captcha.tsx'

type Props = {
  name?: string
  label?: string
  value: string
  onChange: (code: string) => void
  /** All six digits are there. */
  onComplete?: (code: string) => void
  error?: string | undefined
  captcha?: SignInWays['captcha']
  /** Sends a code, or throws; `captchaToken` where one was asked for. */
  request: (captchaToken?: string) => Promise<CodeSent>
  /** What went wrong with that. */
  onTrouble: (error: unknown) => void
  /** There is no phone to send to yet. */
  disabled?: boolean
}

const DIGITS = 6

export function CodeField({ name = 'code', label, value, error, captcha, disabled, ...calls }: Props) {
  const { t } = useTranslation()
  const field = useRef<HTMLDivElement>(null)
  const [sent, setSent] = useState<CodeSent | null>(null)
  const [again, setAgain] = useState(0)
  const [busy, setBusy] = useState(false)
  const [token, setToken] = useState('')
  const [tries, setTries] = useState(0)
  const wait = useSecondsUntil(again)
  const ask = async () => {
    setBusy(true)
    try {
      const answer = await calls.request(token || undefined)
      setSent(answer)
      setAgain(Date.now() + answer.resendAfterSeconds * 1000)
      calls.onTrouble(null)
      field.current?.querySelector('input')?.focus()
    } catch (trouble) {
      if (trouble instanceof ApiError && trouble.retryAfterSeconds > 0)
        setAgain(Date.now() + trouble.retryAfterSeconds * 1000)
      calls.onTrouble(trouble)
    } finally {
      setBusy(false)
      setToken('')
      setTries((count) => count + 1)
    }
  }
  const take = (text: string) => {
    const code = text.replace(/\D/g, '').slice(0, DIGITS)
    calls.onChange(code)
    if (code.length === DIGITS && code !== value) calls.onComplete?.(code)
  }
  return (
    <div className="flex flex-col gap-3">
      {captcha && wait === 0 && <Captcha key={tries} captcha={captcha} onToken={setToken} />}
      <div ref={field} className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field
            name={name}
            label={label ?? t('signIn.code')}
            value={value}
            error={error}
            hint={sent && t('signIn.codeSent', { phone: sent.phone })}
            inputMode="numeric"
            autoComplete="one-time-code"
            className="tabular"
            // Long enough for a message that is pasted whole.
            maxLength={80}
            onChange={({ target }) => take(target.value)}
          />
        </div>
        <Button
          className="tabular mt-[1.775rem] h-11 min-w-28 sm:h-10"
          data-testid="send-code"
          busy={busy}
          disabled={disabled || wait > 0 || (captcha != null && !token)}
          onClick={() => void ask()}
        >
          {wait > 0 ? waitText(wait, t) : t(sent ? 'signIn.sendAgain' : 'signIn.sendCode')}
        </Button>
      </div>
      {sent?.demoCode && (
        <p data-testid="demo-code" className="rounded-control bg-sunken px-3 py-2 text-muted text-sm">
          {t('signIn.demoCode')} <strong className="tabular text-text">{sent.demoCode}</strong>
        </p>
      )}
    </div>
  )
}

const waitText = (seconds: number, t: TFunction) =>
  seconds <= 120 ? t('signIn.again', { count: seconds }) : t('signIn.againLater')

function useSecondsUntil(at: number): number {
  useNow(500)
  return Math.max(0, Math.ceil((at - Date.now()) / 1000))
}
