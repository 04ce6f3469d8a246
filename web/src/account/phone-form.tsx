/** Signing in by phone: a number, and the code that comes to it. Whoever is new gets an account. */
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInWays } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { CodeField } from './code-field.tsx'

type Mistakes = Partial<Record<'phone' | 'code' | 'form', string>>

/** Enough digits to be worth asking; the server knows the rules of each country. */
export const looksLikePhone = (text: string) => text.replace(/\D/g, '').length >= 7

/** Which field a refusal is about. */
export const placeOf = (code: string): keyof Mistakes =>
  code === 'wrong_code' ? 'code' : code.startsWith('phone_') ? 'phone' : 'form'

type Props = { ways: SignInWays; termsVersion: string | undefined; children: ReactNode }

/** The children are where the terms are accepted, by whoever is new. */
export function PhoneForm({ ways, termsVersion, children }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [phone, setPhone] = useState('')
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const trouble = (error: unknown) => setMistakes(error ? { [placeOf(codeOf(error))]: textOf(error) } : {})

  const enter = async (code: string) => {
    if (busy) return
    const found: Mistakes = {}
    if (!looksLikePhone(phone)) found.phone = t('signIn.phoneMissing')
    if (!/^\d{6}$/.test(code)) found.code = t('signIn.codeMissing')
    setMistakes(found)
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      await api.signInByPhone({ phone, code, ...(termsVersion && { termsVersion }) })
    } catch (error) {
      trouble(error)
      setBusy(false)
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void enter(code)
      }}
      className="flex flex-col gap-4 pt-6"
    >
      <Field
        name="phone"
        type="tel"
        label={t('signIn.phone')}
        hint={t('signIn.phoneHint')}
        error={mistakes.phone}
        value={phone}
        autoComplete="tel"
        maxLength={20}
        autoFocus
        onChange={(event) => setPhone(event.target.value)}
      />
      <CodeField
        value={code}
        onChange={setCode}
        onComplete={(whole) => void enter(whole)}
        error={mistakes.code}
        captcha={ways.captcha}
        disabled={!looksLikePhone(phone)}
        request={(captchaToken) =>
          api.requestCode({ phone, purpose: 'sign_in', ...(captchaToken && { captchaToken }) })
        }
        onTrouble={trouble}
      />
      {children}
      {mistakes.form && <FormTrouble>{mistakes.form}</FormTrouble>}
      <Button type="submit" look="primary" size="lg" busy={busy} className="mt-2" data-testid="phone-sign-in">
        {t('signIn.enter')}
      </Button>
      <p className="text-center text-muted text-xs">{t('signIn.newToo')}</p>
    </form>
  )
}
