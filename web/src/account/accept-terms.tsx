/** Acceptance of the terms of use and the privacy policy, with the way to their texts. */
import type { ReactNode } from 'react'
import { Trans } from 'react-i18next'

type Props = { accepted: boolean; onChange: (accepted: boolean) => void }

export function AcceptTerms({ accepted, onChange }: Props) {
  return (
    <div className="flex items-start gap-2 text-sm">
      <input
        id="accept-terms"
        type="checkbox"
        data-testid="accept-terms"
        checked={accepted}
        onChange={(event) => onChange(event.target.checked)}
        className="size-5 shrink-0 accent-(--accent-fill)"
      />
      <label htmlFor="accept-terms">
        <Trans i18nKey="signIn.accept" components={{ terms: <Text at="/terms" />, privacy: <Text at="/privacy" /> }} />
      </label>
    </div>
  )
}

/** In another tab: what is already filled in stays. */
const Text = ({ at, children }: { at: string; children?: ReactNode }) => (
  <a href={at} target="_blank" rel="noreferrer" className="text-accent underline underline-offset-4">
    {children}
  </a>
)
