/** A sign-in as a student has it: one tap while the countdown runs. */
import { CircleCheck, ClipboardCheck, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ownEnd } from '../classroom/polls.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { useStore } from '../use-store.ts'
import { TimeLeft, useIsPast } from './time-left.tsx'

export function SignInCard() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { signIn, signInBehindMs } = useStore(classroom.polls.view)
  // One that was over before one came is nobody's business.
  const [gone, setGone] = useState(() => (signIn && !signIn.open ? signIn.signInSeq : null))
  const [busy, setBusy] = useState(false)
  const endsAt = signIn && ownEnd(signIn.endsAt, signInBehindMs)
  const over = useIsPast(endsAt)
  if (!signIn || endsAt === null || gone === signIn.signInSeq) return null
  const { signInSeq, signed, openedAt } = signIn
  const send = async () => {
    setBusy(true)
    await act(() => classroom.polls.signIn(signInSeq))
    setBusy(false)
  }
  if (signed && over) return null
  const mayStill = !signed && !over
  return (
    <section aria-label={t('polls.signIn.title')} className="border-b bg-surface px-4 py-3" data-testid="sign-in-card">
      <div className="flex items-center gap-3">
        {signed ? (
          <CircleCheck size={20} aria-hidden className="shrink-0 text-good" />
        ) : (
          <ClipboardCheck size={20} aria-hidden className="shrink-0 text-accent" />
        )}
        <p className="min-w-0 flex-1 font-medium text-sm" data-testid="sign-in-state" data-signed={signed}>
          {t(signed ? 'polls.signIn.done' : over ? 'polls.signIn.ended' : 'polls.signIn.title')}
        </p>
        {mayStill ? (
          <Button look="primary" busy={busy} onClick={() => void send()} data-testid="sign-in">
            {t('polls.signIn.act')}
          </Button>
        ) : (
          <IconButton small label={t('actions.close')} icon={<X size={16} />} onClick={() => setGone(signInSeq)} />
        )}
      </div>
      {mayStill && <TimeLeft from={openedAt + signInBehindMs} to={endsAt} />}
    </section>
  )
}
