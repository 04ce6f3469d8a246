/** A forgotten password: a code to the phone of the account, and a new one. */
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInWays } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { tell } from '../ui/notes.ts'
import { CodeField } from './code-field.tsx'
import { looksLikePhone, placeOf } from './phone-form.tsx'

type Mistakes = Partial<Record<'phone' | 'code' | 'password' | 'form', string>>

export function ResetForm({ ways }: { ways: SignInWays }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [phone, setPhone] = useState('')
  const [code, setCode] = useState('')
  const [newPassword, setNewPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [mistakes, setMistakes] = useState<Mistakes>({})
  const trouble = (error: unknown) => setMistakes(error ? { [placeOf(codeOf(error))]: textOf(error) } : {})

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const found: Mistakes = {}
    if (!looksLikePhone(phone)) found.phone = t('signIn.phoneMissing')
    if (!/^\d{6}$/.test(code)) found.code = t('signIn.codeMissing')
    if (newPassword.length < 8) found.password = t('account.passwordShort')
    setMistakes(found)
    if (Object.keys(found).length) return
    setBusy(true)
    try {
      await api.resetPassword({ phone, code, newPassword })
      tell(t('signIn.resetDone'))
    } catch (error) {
      trouble(error)
      setBusy(false)
    }
  }

  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4 pt-6">
      <Field
        name="phone"
        type="tel"
        label={t('signIn.phone')}
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
        error={mistakes.code}
        captcha={ways.captcha}
        disabled={!looksLikePhone(phone)}
        request={(captchaToken) =>
          api.requestCode({ phone, purpose: 'reset_password', ...(captchaToken && { captchaToken }) })
        }
        onTrouble={trouble}
      />
      <PasswordField
        name="newPassword"
        label={t('account.newPassword')}
        hint={t('account.passwordHint')}
        error={mistakes.password}
        value={newPassword}
        autoComplete="new-password"
        maxLength={200}
        onChange={(event) => setNewPassword(event.target.value)}
      />
      {mistakes.form && <FormTrouble>{mistakes.form}</FormTrouble>}
      <Button type="submit" look="primary" size="lg" busy={busy} className="mt-2">
        {t('signIn.setPassword')}
      </Button>
    </form>
  )
}
