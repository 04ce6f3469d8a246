/** The staff's side of a sign-in: start it, see who has come and who has not, take the table home. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ClipboardCheck, Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SignInState } from '../../../signaling/protocol/sign-ins.ts'
import { download } from '../api/download.ts'
import { timeOfDay } from '../format.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Select } from '../ui/select.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useStorePart } from '../use-store.ts'
import { useLengthText } from './lengths.ts'
import { TimeLeft } from './time-left.tsx'

const lengths = [30, 60, 120, 180, 300, 600]
const REFRESH_MS = 3000

export function SignInDesk() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson } = useRoom()
  const signIn = useStorePart(classroom.polls.view, (view) => view.signIn)
  const save = () => void act(() => download(`/api/lessons/${lesson.id}/sign-ins.csv`, `${lesson.title}.csv`))
  return (
    <section aria-labelledby="sign-in-title" className="border-t pt-4" data-testid="sign-in-desk">
      <div className="flex min-h-8 items-center gap-2">
        <ClipboardCheck size={16} aria-hidden className="text-accent" />
        <h3 id="sign-in-title" className="flex-1 font-medium text-sm">
          {t('polls.signIn.title')}
        </h3>
        {signIn && (
          <IconButton
            small
            label={t('polls.signIn.export')}
            icon={<Download size={16} />}
            onClick={save}
            data-testid="export-sign-ins"
          />
        )}
      </div>
      {!signIn?.open && <Starter />}
      {signIn && <Running key={signIn.signInSeq} signIn={signIn} />}
    </section>
  )
}

function Starter() {
  const { t } = useTranslation()
  const act = useAct()
  const lengthText = useLengthText()
  const { classroom } = useRoom()
  const [seconds, setSeconds] = useState(60)
  return (
    <>
      <p className="mt-0.5 text-muted text-xs">{t('polls.signIn.lead')}</p>
      <div className="mt-2.5 flex items-center gap-2">
        <div className="min-w-0 flex-1">
          <Select
            label={t('polls.signIn.length')}
            labelHidden
            value={seconds}
            onChange={({ target }) => setSeconds(Number(target.value))}
          >
            {lengths.map((each) => (
              <option key={each} value={each}>
                {lengthText(each)}
              </option>
            ))}
          </Select>
        </div>
        <Button
          className="h-11 sm:h-10"
          onClick={() => void act(() => classroom.polls.openSignIn(seconds), t('polls.signIn.started'))}
          data-testid="start-sign-in"
        >
          {t('polls.signIn.start')}
        </Button>
      </div>
    </>
  )
}

function Running({ signIn }: { signIn: SignInState }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { signInSeq, open, openedAt, endsAt, count } = signIn
  return (
    <div className="mt-2">
      {open ? (
        <TimeLeft from={openedAt} to={endsAt} />
      ) : (
        <p className="mt-3 text-muted text-xs">
          {t('polls.signIn.last')} · {timeOfDay(openedAt)}
        </p>
      )}
      <p className="tabular mt-2 font-medium text-sm" data-testid="sign-in-count">
        {t('polls.signIn.count', { count })}
      </p>
      <Lists signIn={signIn} />
      {open && (
        <Button
          className="mt-3 w-full"
          onClick={() => void act(() => classroom.polls.closeSignIn(signInSeq))}
          data-testid="close-sign-in"
        >
          {t('polls.end')}
        </Button>
      )}
    </div>
  )
}

function Lists({ signIn: { signInSeq, open, count } }: { signIn: SignInState }) {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const [who, setWho] = useState<'came' | 'missing'>('missing')
  const { data } = useQuery({
    queryKey: ['signed-in', lesson.id, signInSeq, who, open ? null : count],
    queryFn: () => classroom.polls.listSignedIn({ signInSeq, who }),
    refetchInterval: open ? REFRESH_MS : false,
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <fieldset aria-label={t('polls.signIn.title')} className="mt-1.5 flex gap-1">
        {(['missing', 'came'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={who === name}
            onClick={() => setWho(name)}
            data-testid={`signed-${name}`}
            className={classes(
              'h-8 rounded-full px-3 text-xs transition-colors duration-150',
              who === name ? 'bg-sunken font-medium text-text' : 'text-muted hover:text-text',
            )}
          >
            {t(`polls.signIn.${name}`)}
          </button>
        ))}
      </fieldset>
      {!data ? (
        <Skeleton className="mt-2 h-10" />
      ) : data.people.length === 0 ? (
        <p className="py-2 text-muted text-sm">
          {t(who === 'came' ? 'polls.signIn.nobodyCame' : 'polls.signIn.nobodyMissing')}
        </p>
      ) : (
        <ul className="mt-1 max-h-60 overflow-y-auto" data-testid={`list-${who}`}>
          {data.people.map(({ person, at }) => (
            <li key={person.peerId} className="flex items-center gap-2.5 py-1 text-sm">
              <Avatar name={person.displayName} size="sm" />
              <span className="min-w-0 flex-1 truncate">{person.displayName}</span>
              {at !== null && <span className="tabular text-muted text-xs">{timeOfDay(at)}</span>}
            </li>
          ))}
          {data.total > data.people.length && (
            <li className="py-1 text-muted text-xs">
              {t('polls.signIn.more', { count: data.total - data.people.length })}
            </li>
          )}
        </ul>
      )}
    </>
  )
}
