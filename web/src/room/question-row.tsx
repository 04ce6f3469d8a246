/** One question: its votes, its words, its answer, and what may be done with it. */
import { ChevronUp, CornerUpLeft, MoreHorizontal } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Question } from '../../../signaling/protocol/question-list.ts'
import { timeOfDay } from '../format.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { Pill } from '../ui/pills.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useConfirm } from './confirm.tsx'
import { useAct } from './use-act.ts'

export type QuestionTask = 'answer' | 'merge'

type Props = { question: Question; onTask: (task: QuestionTask, question: Question) => void }

export function QuestionRow({ question, onTask }: Props) {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const mine = useStorePart(classroom.room, ({ self }) => self !== null && question.by?.peerId === self.peerId)
  const { seq, text, at, status, answer } = question
  return (
    <li data-testid="question" data-seq={seq} data-status={status} className="flex gap-3 px-4 py-3">
      <VoteButton question={question} mine={mine} />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 text-muted text-xs">
          <Asker question={question} mine={mine} />
          <time className="tabular" dateTime={new Date(at).toISOString()}>
            {timeOfDay(at)}
          </time>
          {status === 'taken' && <Pill tone="good">{t('room.questions.taken')}</Pill>}
        </p>
        <p className="whitespace-pre-wrap break-words text-sm">{text}</p>
        {answer && (
          <blockquote className="mt-1.5 border-good border-s-2 ps-2.5" data-testid="question-answer">
            <p className="text-good text-xs">{answer.by?.displayName ?? t('roles.teacher')}</p>
            <p className="whitespace-pre-wrap break-words text-sm">{answer.text}</p>
          </blockquote>
        )}
        {isStaff && status !== 'answered' && <AnswerButtons question={question} onTask={onTask} />}
      </div>
      {(isStaff || (mine && status !== 'answered')) && <QuestionMenu question={question} mine={mine} onTask={onTask} />}
    </li>
  )
}

function Asker({ question: { by, anonymous }, mine }: { question: Question; mine: boolean }) {
  const { t } = useTranslation()
  if (!by) return <span>{t('room.questions.someone')}</span>
  return (
    <span className="truncate font-medium">
      {mine ? t('room.questions.you') : by.displayName}
      {anonymous && ` · ${t('room.questions.unnamed')}`}
    </span>
  )
}

function VoteButton({ question: { seq, votes, status }, mine }: { question: Question; mine: boolean }) {
  const { t } = useTranslation()
  const act = useAct()
  const { questions } = useRoom().classroom
  const voted = useStorePart(questions.view, ({ upvoted }) => upvoted.includes(seq))
  const fixed = mine || status === 'answered'
  return (
    <button
      type="button"
      disabled={fixed}
      aria-pressed={voted}
      aria-label={t(fixed ? 'room.questions.votes' : 'room.questions.vote', { count: votes })}
      title={fixed ? undefined : t(voted ? 'room.questions.unvote' : 'room.questions.voteHint')}
      onClick={() => void act(() => questions.vote(seq, !voted))}
      data-testid="question-vote"
      className={classes(
        'tabular flex h-12 w-10 shrink-0 flex-col items-center justify-center rounded-control border text-xs transition-colors duration-150',
        voted ? 'border-accent bg-accent-soft font-medium text-accent' : 'text-muted',
        fixed ? 'border-transparent' : !voted && 'hover:bg-sunken hover:text-text',
      )}
    >
      <ChevronUp size={16} aria-hidden className={fixed ? 'opacity-40' : ''} />
      {votes}
    </button>
  )
}

function AnswerButtons({ question, onTask }: Props) {
  const { t } = useTranslation()
  const act = useAct()
  const { questions } = useRoom().classroom
  const taken = question.status === 'taken'
  return (
    <div className="mt-1.5 flex flex-wrap gap-1.5">
      <Button
        size="sm"
        onClick={() => void act(() => (taken ? questions.answer(question.seq, null) : questions.take(question.seq)))}
        data-testid={taken ? 'question-done' : 'question-take'}
      >
        {t(taken ? 'room.questions.done' : 'room.questions.take')}
      </Button>
      <Button size="sm" look="ghost" onClick={() => onTask('answer', question)} data-testid="question-write">
        {t('room.questions.inWriting')}
      </Button>
    </div>
  )
}

function QuestionMenu({ question, mine, onTask }: Props & { mine: boolean }) {
  const { t } = useTranslation()
  const act = useAct()
  const confirm = useConfirm()
  const { classroom, isStaff } = useRoom()
  const { questions } = classroom
  const { seq, status, text } = question
  const dismiss = async () => {
    const own = mine && !isStaff
    const sure = await confirm({
      title: t(own ? 'room.questions.takeBackTitle' : 'room.questions.dismissTitle'),
      text,
      action: t(own ? 'room.questions.takeBack' : 'room.questions.dismiss'),
    })
    if (sure) await act(() => questions.dismiss(seq))
  }
  return (
    <Menu
      trigger={
        <IconButton
          small
          label={t('room.questions.menu')}
          icon={<MoreHorizontal size={16} />}
          data-testid="question-menu"
          className="-me-2"
        />
      }
    >
      {isStaff && (
        <>
          {status === 'answered' ? (
            <>
              <MenuItem onSelect={() => onTask('answer', question)}>{t('room.questions.changeAnswer')}</MenuItem>
              <MenuItem
                icon={<CornerUpLeft size={16} />}
                onSelect={() => void act(() => questions.reopen(seq))}
                testId="question-reopen"
              >
                {t('room.questions.reopen')}
              </MenuItem>
            </>
          ) : (
            <MenuItem onSelect={() => void act(() => questions.answer(seq, null))} testId="question-answered">
              {t('room.questions.markAnswered')}
            </MenuItem>
          )}
          <MenuItem onSelect={() => onTask('merge', question)} testId="question-merge">
            {t('room.questions.merge')}
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuItem onSelect={() => void dismiss()} testId="question-dismiss">
        {t(mine && !isStaff ? 'room.questions.takeBack' : 'room.questions.dismiss')}
      </MenuItem>
    </Menu>
  )
}
