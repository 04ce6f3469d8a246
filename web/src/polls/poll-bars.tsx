/** The result of a poll, option by option, in shares of those who answered; of a quiz with what is right. */
import { Check, CircleCheck, CircleX, Star } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { PollState } from '../../../signaling/protocol/poll-state.ts'
import { classes } from '../ui/classes.ts'
import { rounded, Stars } from '../ui/stars.tsx'

export function PollBars({ poll, mine }: { poll: PollState; mine: readonly number[] | null }) {
  const counts = poll.votes ?? []
  const most = Math.max(...counts)
  const places = poll.options.map((_, place) => place)
  return (
    <>
      {poll.kind === 'rating' && <Average counts={counts} />}
      <ul className="mt-2.5 flex flex-col gap-2" data-testid="poll-result">
        {(poll.kind === 'rating' ? places.reverse() : places).map((option) => {
          const votes = counts[option] ?? 0
          return (
            <Bar
              key={option}
              poll={poll}
              option={option}
              votes={votes}
              leads={votes > 0 && votes === most}
              mine={mine?.includes(option) ?? false}
            />
          )
        })}
      </ul>
    </>
  )
}

function Average({ counts }: { counts: readonly number[] }) {
  const { t } = useTranslation()
  const answers = counts.reduce((sum, each) => sum + each, 0)
  const value = answers ? counts.reduce((sum, each, place) => sum + each * (place + 1), 0) / answers : 0
  if (!answers) return null
  return (
    <p className="mt-2.5 flex items-center gap-2" data-testid="poll-average">
      <Stars value={value} size={18} />
      <span className="tabular text-muted text-xs">{t('polls.average', { value: rounded(value) })}</span>
    </p>
  )
}

type BarProps = { poll: PollState; option: number; votes: number; leads: boolean; mine: boolean }

function Bar({ poll, option, votes, leads, mine }: BarProps) {
  const { t } = useTranslation()
  const percent = poll.voters ? Math.round((votes / poll.voters) * 100) : 0
  const right = poll.right?.includes(option)
  const strong = poll.right ? right : leads
  return (
    <li data-testid={`poll-votes-${option}`} data-votes={votes}>
      <p className="flex items-baseline gap-2 text-sm">
        <span className={classes('min-w-0 flex-1 break-words', strong && 'font-medium')}>
          {poll.kind === 'rating' ? <StarCount count={option + 1} /> : poll.options[option]}
          {mine && <Check size={14} role="img" aria-label={t('polls.mine')} className="ms-1.5 inline text-accent" />}
        </span>
        {right && (
          <span className="inline-flex shrink-0 items-center gap-1 self-center text-good text-xs">
            <CircleCheck size={14} aria-hidden />
            {t('polls.isRight')}
          </span>
        )}
        {mine && right === false && (
          <CircleX size={14} role="img" aria-label={t('polls.isWrong')} className="shrink-0 self-center text-muted" />
        )}
        <span className="tabular shrink-0 text-muted text-xs">
          {votes} · {percent}%
        </span>
      </p>
      <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken">
        <div
          className={classes(
            'h-full rounded-full transition-[width] duration-200',
            right ? 'bg-good' : strong ? 'bg-accent-fill' : 'bg-line-strong',
          )}
          style={{ width: `${percent}%` }}
        />
      </div>
    </li>
  )
}

function StarCount({ count }: { count: number }) {
  const { t } = useTranslation()
  return (
    <span className="tabular inline-flex items-center gap-1">
      <span className="sr-only">{t('polls.starsOf', { count })}</span>
      <span aria-hidden>{count}</span>
      <Star size={13} aria-hidden className="fill-accent text-accent" />
    </span>
  )
}
