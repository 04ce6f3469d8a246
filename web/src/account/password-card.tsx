/** The password of the account: set where there is none, changed with a proof. */
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, Proof } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { PasswordField } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { tell } from '../ui/notes.ts'
import { Card } from './card.tsx'
import { firstDraft, ProofFields, proofOf, useProofTrouble } from './proof.tsx'

const SHORTEST = 8

export function PasswordCard({ account }: { account: Account }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [draft, setDraft] = useState(() => firstDraft(account))
  const [next, setNext] = useState('')
  const [asked, setAsked] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(null)
  const change = useMutation({
    mutationFn: (proof: Proof) => api.changePassword(proof, next),
    onSuccess: () => {
      setDraft({ by: 'password', text: '' })
      setNext('')
      setAsked(false)
      tell(t('account.passwordChanged'))
    },
    onError: setTrouble,
  })
  const proof = proofOf(account, draft)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    setTrouble(null)
    if (proof && next.length >= SHORTEST) change.mutate(proof)
  }
  const missing = asked && !proof ? t(draft.by === 'code' ? 'signIn.codeMissing' : 'account.required') : undefined
  const inField = useProofTrouble(trouble, draft)
  const lead = account.hasPassword ? undefined : t(account.phone ? 'me.password.none' : 'me.password.phoneFirst')
  return (
    <Card title={t('account.security')} lead={lead}>
      {(account.hasPassword || account.phone) && (
        <form noValidate onSubmit={submit} className="flex flex-col gap-4">
          <ProofFields
            account={account}
            draft={draft}
            error={missing ?? inField}
            onTrouble={setTrouble}
            onChange={setDraft}
          />
          <PasswordField
            name="newPassword"
            label={t('account.newPassword')}
            hint={t('account.passwordHint')}
            autoComplete="new-password"
            maxLength={200}
            value={next}
            error={asked && next.length < SHORTEST ? t('account.passwordShort') : undefined}
            onChange={({ target }) => setNext(target.value)}
          />
          {trouble !== null && !inField && <FormTrouble>{textOf(trouble)}</FormTrouble>}
          <Button type="submit" busy={change.isPending} className="self-start" data-testid="save-password">
            {t(account.hasPassword ? 'account.changePassword' : 'me.password.set')}
          </Button>
        </form>
      )}
    </Card>
  )
}
