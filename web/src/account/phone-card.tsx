/** The phone of the account: shown with a gap, added, changed with a code to the new one and a proof. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, Proof } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { tell } from '../ui/notes.ts'
import { Card, StateLine } from './card.tsx'
import { CodeField } from './code-field.tsx'
import { looksLikePhone } from './phone-form.tsx'
import { firstDraft, ProofFields, proofOf } from './proof.tsx'

export function PhoneCard({ account }: { account: Account }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Card title={t('signIn.phone')} lead={t('me.phone.lead')}>
      <StateLine
        action={
          <Button data-testid="change-phone" onClick={() => setOpen(true)}>
            {t(account.phone ? 'me.phone.change' : 'me.phone.add')}
          </Button>
        }
      >
        {account.phone ? (
          <span className="tabular">{account.phone}</span>
        ) : (
          <span className="text-muted">{t('me.none')}</span>
        )}
      </StateLine>
      {open && <PhoneDialog account={account} onClose={() => setOpen(false)} />}
    </Card>
  )
}

type Place = 'phone' | 'code' | 'proof' | 'form'

function PhoneDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [phone, setPhone] = useState('')
  const [code, setCode] = useState('')
  const [draft, setDraft] = useState(() => firstDraft(account))
  const [wrong, setWrong] = useState<{ place: Place; text: string } | null>(null)
  const trouble = (place: Place) => (error: unknown) => setWrong(error ? { place, text: textOf(error) } : null)
  const change = useMutation({
    mutationFn: (proof: Proof) => api.changePhone({ phone, code, proof }),
    onSuccess: () => {
      tell(t('me.phone.changed'))
      onClose()
    },
    onError: (error) => {
      const place = placeOf(codeOf(error), draft.by)
      setWrong({ place, text: place === 'proof' ? t('me.proof.wrong') : textOf(error) })
    },
  })
  const at = (place: Place) => (wrong?.place === place ? wrong.text : undefined)
  const send = () => {
    const proof = proofOf(account, draft)
    if (!looksLikePhone(phone)) setWrong({ place: 'phone', text: t('signIn.phoneMissing') })
    else if (!/^\d{6}$/.test(code)) setWrong({ place: 'code', text: t('signIn.codeMissing') })
    else if (!proof)
      setWrong({ place: 'proof', text: t(draft.by === 'code' ? 'signIn.codeMissing' : 'account.required') })
    else change.mutate(proof)
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(account.phone ? 'me.phone.change' : 'me.phone.add')}
      text={account.phone ? t('me.phone.changeText') : t('me.phone.addText')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="primary" data-testid="save-phone" busy={change.isPending} onClick={send}>
            {t('actions.save')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Field
          name="newPhone"
          type="tel"
          label={t(account.phone ? 'me.phone.new' : 'signIn.phone')}
          hint={t('signIn.phoneHint')}
          value={phone}
          error={at('phone')}
          autoComplete="tel"
          maxLength={20}
          onChange={({ target }) => setPhone(target.value)}
        />
        <CodeField
          name="newPhoneCode"
          label={t('me.phone.code')}
          value={code}
          error={at('code')}
          disabled={!looksLikePhone(phone)}
          request={() => api.requestOwnCode({ purpose: 'new_phone', phone })}
          onTrouble={(error) => trouble(error && codeOf(error).startsWith('phone_') ? 'phone' : 'form')(error)}
          onChange={setCode}
        />
        <ProofFields
          account={account}
          draft={draft}
          error={at('proof')}
          onTrouble={trouble('form')}
          onChange={setDraft}
        />
        {wrong?.place === 'form' && <FormTrouble>{wrong.text}</FormTrouble>}
      </form>
    </Dialog>
  )
}

/** Where both are codes, the server does not say which of them was wrong; the proof is looked at first. */
function placeOf(code: string, by: 'password' | 'code'): Place {
  if (code.startsWith('phone_')) return 'phone'
  if (code === 'wrong_credentials') return 'proof'
  if (code === 'wrong_code') return by === 'code' ? 'form' : 'code'
  return 'form'
}
