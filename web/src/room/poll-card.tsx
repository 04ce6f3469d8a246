/** A poll: choose, change one's mind, watch the bars. */
import { Check, ChevronDown, ChevronUp } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PollState } from '../../../signaling/protocol/poll-state.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Pill } from '../ui/pills.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

/** The poll above a student's chat; folded away when one is done with it. */
export function StudentPoll() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const { poll, choices } = useStore(classroom.polls.view)
  // A poll that was over before one came is folded.
  const [hidden, setHidden] = useState<number | null>(() => (poll && !poll.open ? poll.pollSeq : null))
  if (!poll) return null
  const folded = hidden === poll.pollSeq
  return (
    <section aria-label={t('room.poll.title')} data-testid="poll-card" className="border-b bg-surface px-4 py-3">
      <PollHead poll={poll}>
        <IconButton
          small
          label={t(folded ? 'room.poll.title' : 'room.poll.hide')}
          icon={folded ? <ChevronDown size={16} /> : <ChevronUp size={16} />}
          aria-expanded={!folded}
          onClick={() => setHidden(folded ? null : poll.pollSeq)}
        />
      </PollHead>
      {!folded && (
        <div className="scroll-quiet max-h-[40dvh] overflow-y-auto">
          <Ballot key={poll.pollSeq} poll={poll} choices={choices} />
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
            {t('room.poll.title')} · {t(poll.open ? 'room.poll.open' : 'room.poll.closed')}
          </Pill>
          <span className="tabular text-muted text-xs" data-testid="poll-voters">
            {t('room.poll.voters', { count: poll.voters })}
          </span>
        </p>
        <p className="mt-1.5 break-words font-medium text-sm">{poll.question}</p>
      </div>
      {children}
    </div>
  )
}

function Ballot({ poll, choices }: { poll: PollState; choices: readonly number[] | null }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const [changing, setChanging] = useState(choices === null)
  const [chosen, setChosen] = useState<readonly number[]>(choices ?? [])
  useEffect(() => {
    if (choices !== null) setChosen(choices)
  }, [choices])
  if (!poll.open || !changing)
    return (
      <>
        <PollBars poll={poll} mine={choices} />
        {poll.open && (
          <Button size="sm" className="mt-3" onClick={() => setChanging(true)} data-testid="poll-change">
            {t('room.poll.change')}
          </Button>
        )}
      </>
    )
  const toggle = (option: number) =>
    setChosen(
      poll.multiple
        ? chosen.includes(option)
          ? chosen.filter((other) => other !== option)
          : [...chosen, option].sort((a, b) => a - b)
        : [option],
    )
  const vote = async () => {
    setChanging(false)
    if (!(await act(() => classroom.polls.vote(poll.pollSeq, [...chosen])))) setChanging(true)
  }
  return (
    <fieldset className="mt-2 flex flex-col gap-1.5">
      <legend className="mb-1.5 text-muted text-xs">
        {t(poll.multiple ? 'room.poll.multiple' : 'room.poll.single')}
      </legend>
      {poll.options.map((text, option) => (
        <label
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
          key={option}
          className={classes(
            'flex cursor-pointer items-center gap-2.5 rounded-control border px-3 py-2 text-sm transition-colors duration-150 hover:bg-sunken',
            chosen.includes(option) && 'border-accent bg-accent-soft',
          )}
        >
          <input
            type={poll.multiple ? 'checkbox' : 'radio'}
            name={`poll-${poll.pollSeq}`}
            checked={chosen.includes(option)}
            onChange={() => toggle(option)}
            data-testid={`poll-option-${option}`}
            className="size-4 accent-accent-fill"
          />
          <span className="min-w-0 break-words">{text}</span>
        </label>
      ))}
      <Button
        look="primary"
        size="sm"
        className="mt-1.5 self-start"
        disabled={chosen.length === 0}
        onClick={() => void vote()}
        data-testid="poll-vote"
      >
        {t('room.poll.vote')}
      </Button>
    </fieldset>
  )
}

/** The result, option by option, in shares of those who voted. */
export function PollBars({ poll, mine }: { poll: PollState; mine: readonly number[] | null }) {
  const { t } = useTranslation()
  const counts = poll.votes ?? []
  const most = Math.max(...counts)
  return (
    <ul className="mt-2.5 flex flex-col gap-2" data-testid="poll-result">
      {poll.options.map((text, option) => {
        const votes = counts[option] ?? 0
        const percent = poll.voters ? Math.round((votes / poll.voters) * 100) : 0
        const leads = votes > 0 && votes === most
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an option is its place
          <li key={option} data-testid={`poll-votes-${option}`} data-votes={votes}>
            <p className="flex items-baseline gap-2 text-sm">
              <span className={classes('min-w-0 flex-1 break-words', leads && 'font-medium')}>
                {text}
                {mine?.includes(option) && (
                  <Check size={14} role="img" aria-label={t('room.poll.mine')} className="ms-1.5 inline text-accent" />
                )}
              </span>
              <span className="tabular shrink-0 text-muted text-xs">
                {votes} · {percent}%
              </span>
            </p>
            <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken">
              <div
                className={classes(
                  'h-full rounded-full transition-[width] duration-200',
                  leads ? 'bg-accent-fill' : 'bg-line-strong',
                )}
                style={{ width: `${percent}%` }}
              />
            </div>
          </li>
        )
      })}
    </ul>
  )
}
