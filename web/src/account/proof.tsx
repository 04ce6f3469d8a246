/** What is asked before something that matters: the current password, or a code that comes to the phone of the account. */
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, Proof } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { PasswordField } from '../ui/field.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { CodeField } from './code-field.tsx'

export type Draft = { by: 'password' | 'code'; text: string }

export const firstDraft = ({ hasPassword }: Account): Draft => ({ by: hasPassword ? 'password' : 'code', text: '' })

/** Who came by WeChat alone has nothing to show, and must have come just now. */
const hasProof = ({ hasPassword, phone }: Account) => hasPassword || phone !== null

/** Undefined while it is not whole. */
export function proofOf(account: Account, { by, text }: Draft): Proof | undefined {
  if (!hasProof(account)) return {}
  if (by === 'password') return text ? { password: text } : undefined
  return /^\d{6}$/.test(text) ? { code: text } : undefined
}

/** What to say at the proof, where a refusal is about it. */
export function useProofTrouble(error: unknown, { by }: Draft): string | undefined {
  const { t } = useTranslation()
  const code = codeOf(error)
  if (by === 'password' && code === 'wrong_credentials') return t('me.proof.wrong')
  return by === 'code' && code === 'wrong_code' ? t('errors.wrong_code') : undefined
}

type FieldsProps = {
  account: Account
  draft: Draft
  onChange: (draft: Draft) => void
  error?: string | undefined
  onTrouble: (error: unknown) => void
}

export function ProofFields({ account, draft, onChange, error, onTrouble }: FieldsProps) {
  const { t } = useTranslation()
  if (!hasProof(account)) return <p className="text-muted text-sm">{t('me.proof.comeAgain')}</p>
  const other =
    draft.by === 'password' ? account.phone && ('code' as const) : account.hasPassword && ('password' as const)
  return (
    <div className="flex flex-col items-stretch gap-1.5">
      {draft.by === 'password' ? (
        <PasswordField
          name="proofPassword"
          label={t('account.currentPassword')}
          autoComplete="current-password"
          maxLength={200}
          value={draft.text}
          error={error}
          onChange={({ target }) => onChange({ ...draft, text: target.value })}
        />
      ) : (
        <CodeField
          name="proofCode"
          label={t('me.proof.code', { phone: account.phone })}
          value={draft.text}
          error={error}
          request={() => api.requestOwnCode({ purpose: 'confirm' })}
          onTrouble={onTrouble}
          onChange={(text) => onChange({ ...draft, text })}
        />
      )}
      {other && (
        <button
          type="button"
          className="self-start rounded-control text-accent text-sm underline-offset-4 hover:underline"
          onClick={() => onChange({ by: other, text: '' })}
        >
          {t(other === 'code' ? 'me.proof.byCode' : 'me.proof.byPassword')}
        </button>
      )}
    </div>
  )
}

type DialogProps = {
  account: Account
  title: string
  text: ReactNode
  action: string
  onClose: () => void
  /** Does it; the dialog closes when it has succeeded. */
  run: (proof: Proof) => Promise<unknown>
  testId: string
}

export function ProofDialog({ account, title, text, action, onClose, run, testId }: DialogProps) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [draft, setDraft] = useState(() => firstDraft(account))
  const [asked, setAsked] = useState(false)
  const [trouble, setTrouble] = useState<unknown>(null)
  const act = useMutation({ mutationFn: run, onSuccess: onClose, onError: setTrouble })
  const send = () => {
    setAsked(true)
    const proof = proofOf(account, draft)
    if (proof) act.mutate(proof)
  }
  const missing =
    asked && !proofOf(account, draft) ? t(draft.by === 'code' ? 'signIn.codeMissing' : 'account.required') : undefined
  const inField = useProofTrouble(trouble, draft)
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      text={text}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" data-testid={testId} busy={act.isPending} onClick={send}>
            {action}
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
        <ProofFields
          account={account}
          draft={draft}
          error={missing ?? inField}
          onTrouble={setTrouble}
          onChange={(next) => {
            setDraft(next)
            setTrouble(null)
          }}
        />
        {trouble !== null && !inField && <FormTrouble>{textOf(trouble)}</FormTrouble>}
      </form>
    </Dialog>
  )
}
