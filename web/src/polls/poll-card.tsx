/** A poll as a student has it: answer, change one's mind, see the result and who was fastest. */
import { ChevronDown, ChevronUp, CircleCheck } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PollState } from '../../../signaling/protocol/poll-state.ts'
import { ownEnd } from '../classroom/polls.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Pill } from '../ui/pills.tsx'
import { StarsInput } from '../ui/stars.tsx'
import { useStore } from '../use-store.ts'
import { PollBars } from './poll-bars.tsx'
import { Ranking } from './ranking.tsx'
import { TimeLeft, useIsPast } from './time-left.tsx'

/** Folded away when one is done with it. */
export function StudentPoll() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const { poll, choices, behindMs } = useStore(classroom.polls.view)
  // A poll that was over before one came is folded.
  const [hidden, setHidden] = useState<number | null>(() => (poll && !poll.open ? poll.pollSeq : null))
  if (!poll) return null
  const folded = hidden === poll.pollSeq
  return (
    <section
      aria-label={t(`polls.title.${poll.kind}`)}
      data-testid="poll-card"
      className="border-b bg-surface px-4 py-3"
    >
      <PollHead poll={poll}>
        <IconButton
          small
          label={t(folded ? 'polls.show' : 'polls.hide')}
          icon={folded ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
          aria-expanded={!folded}
          onClick={() => setHidden(folded ? null : poll.pollSeq)}
        />
      </PollHead>
      {!folded && (
        <div data-testid="poll-body">
          <Ballot key={poll.pollSeq} poll={poll} choices={choices} behindMs={behindMs} />
        </div>
      )}
    </section>
  )
}

export function PollHead({ poll, children }: { poll: PollState; children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <div className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <Pill tone={poll.open ? 'accent' : 'quiet'}>
            {t(`polls.title.${poll.kind}`)} · {t(poll.open ? 'polls.open' : 'polls.closed')}
          </Pill>
          <span className="tabular text-muted text-xs" data-testid="poll-voters">
            {t('polls.voters', { count: poll.voters })}
          </span>
        </p>
        <p className="mt-1.5 break-words font-medium text-sm">{poll.question}</p>
      </div>
      {children}
    </div>
  )
}

type BallotProps = { poll: PollState; choices: readonly number[] | null; behindMs: number }

function Ballot({ poll, choices, behindMs }: BallotProps) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const [changing, setChanging] = useState(choices === null)
  const [chosen, setChosen] = useState<readonly number[]>(choices ?? [])
  useEffect(() => {
    if (choices !== null) setChosen(choices)
  }, [choices])
  const endsAt = poll.endsAt === null ? null : ownEnd(poll.endsAt, behindMs)
  const late = useIsPast(endsAt)
  const vote = async () => {
    setChanging(false)
    if (!(await act(() => classroom.polls.vote(poll.pollSeq, [...chosen])))) setChanging(true)
  }
  if (!poll.open) return <Outcome poll={poll} choices={choices} />
  if (late)
    return (
      <>
        <TimeLeft from={poll.openedAt + behindMs} to={endsAt!} />
        <p className="mt-2 text-muted text-sm">{t('polls.timeUpLead')}</p>
      </>
    )
  return (
    <>
      {endsAt !== null && <TimeLeft from={poll.openedAt + behindMs} to={endsAt} />}
      {changing ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void vote()
          }}
        >
          {poll.kind === 'rating' ? (
            <div className="mt-2">
              <StarsInput
                label={t('polls.rate')}
                value={(chosen[0] ?? -1) + 1}
                onChange={(value) => setChosen([value - 1])}
              />
            </div>
          ) : (
            <Choices poll={poll} chosen={chosen} onChange={setChosen} />
          )}
          <div className="mt-2.5 flex flex-wrap items-center gap-3">
            <Button type="submit" look="primary" size="sm" disabled={chosen.length === 0} data-testid="poll-vote">
              {t(`polls.vote.${poll.kind}`)}
            </Button>
            {!poll.changeable && <span className="text-muted text-xs">{t('polls.fixed')}</span>}
          </div>
        </form>
      ) : (
        <>
          {poll.results === 'live' ? (
            <PollBars poll={poll} mine={choices} />
          ) : (
            <p className="mt-2.5 flex items-center gap-1.5 text-good text-sm" data-testid="poll-sent">
              <CircleCheck size={16} aria-hidden className="shrink-0" />
              {t('polls.hidden')}
            </p>
          )}
          {poll.results === 'closed' && choices && <Sent poll={poll} choices={choices} />}
          {poll.changeable && (
            <Button size="sm" className="mt-3" onClick={() => setChanging(true)} data-testid="poll-change">
              {t('polls.change')}
            </Button>
          )}
        </>
      )}
    </>
  )
}

function Sent({ poll, choices }: { poll: PollState; choices: readonly number[] }) {
  const { t } = useTranslation()
  const words = choices.map((choice) =>
    poll.kind === 'rating' ? t('polls.starsOf', { count: choice + 1 }) : poll.options[choice],
  )
  return <p className="mt-1 break-words text-muted text-sm">{t('polls.sent', { text: words.join(', ') })}</p>
}

type ChoicesProps = { poll: PollState; chosen: readonly number[]; onChange: (chosen: readonly number[]) => void }

function Choices({ poll, chosen, onChange }: ChoicesProps) {
  const { t } = useTranslation()
  const toggle = (option: number) => {
    if (!poll.multiple) return onChange([option])
    const others = chosen.filter((other) => other !== option)
    onChange(chosen.includes(option) ? others : [...chosen, option].sort((a, b) => a - b))
  }
  return (
    <fieldset className="mt-2 flex flex-col gap-1.5">
      <legend className="mb-1.5 text-muted text-xs">{t(poll.multiple ? 'polls.multiple' : 'polls.single')}</legend>
      {poll.options.map((text, option) => (
        <label
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
          key={option}
          className={classes(
            'flex cursor-pointer items-center gap-2.5 rounded-control border px-3 py-2 text-sm transition-colors duration-150 hover:bg-sunken has-focus-visible:outline-2 has-focus-visible:outline-accent',
            chosen.includes(option) && 'border-accent bg-accent-soft',
          )}
        >
          <input
            type={poll.multiple ? 'checkbox' : 'radio'}
            name={`poll-${poll.pollSeq}`}
            checked={chosen.includes(option)}
            onChange={() => toggle(option)}
            data-testid={`poll-option-${option}`}
            className="size-4 shrink-0 accent-accent-fill outline-none"
          />
          <span className="min-w-0 break-words">{text}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Outcome({ poll, choices }: { poll: PollState; choices: readonly number[] | null }) {
  return (
    <>
      {poll.right && <Verdict right={poll.right} choices={choices} />}
      <PollBars poll={poll} mine={choices} />
      {poll.kind === 'quiz' && <Ranking key={poll.pollSeq} />}
    </>
  )
}

function Verdict({ right, choices }: { right: readonly number[]; choices: readonly number[] | null }) {
  const { t } = useTranslation()
  if (choices === null) return <p className="mt-2 text-muted text-sm">{t('polls.missed')}</p>
  const won = right.length === choices.length && choices.every((choice) => right.includes(choice))
  return (
    <p className={classes('mt-2 font-medium text-sm', won ? 'text-good' : 'text-muted')} data-testid="poll-verdict">
      {t(won ? 'polls.right' : 'polls.wrong')}
    </p>
  )
}
