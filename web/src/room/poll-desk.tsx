/** The staff's side of polls: ask, watch the votes come in, close, ask again. */
import { ChartNoAxesColumn, Plus, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Field, inputClasses } from '../ui/field.tsx'
import { Empty } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { PollBars, PollHead } from './poll-card.tsx'
import { useAct } from './use-act.ts'

export function PollDesk() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { poll } = useStore(classroom.polls.view)
  const [composing, setComposing] = useState(false)
  if (composing && !poll?.open) return <PollComposer onDone={() => setComposing(false)} />
  if (!poll)
    return (
      <div className="flex flex-1 items-center justify-center">
        <Empty small icon={<ChartNoAxesColumn size={28} strokeWidth={1.5} />} title={t('room.poll.none')}>
          <Button look="primary" onClick={() => setComposing(true)} data-testid="poll-new">
            {t('room.poll.newPoll')}
          </Button>
        </Empty>
      </div>
    )
  return (
    <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto p-4" data-testid="poll-desk">
      <PollHead poll={poll} />
      <PollBars poll={poll} mine={null} />
      {poll.open ? (
        <Button
          className="mt-4 w-full"
          onClick={() => void act(() => classroom.polls.close(poll.pollSeq))}
          data-testid="poll-close"
        >
          {t('room.poll.end')}
        </Button>
      ) : (
        <Button look="primary" className="mt-4 w-full" onClick={() => setComposing(true)} data-testid="poll-new">
          {t('room.poll.another')}
        </Button>
      )}
    </div>
  )
}

function PollComposer({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const [options, setOptions] = useState([
    { key: 1, text: '' },
    { key: 2, text: '' },
  ])
  const filled = options.map(({ text }) => text.trim()).filter(Boolean)
  const [question, setQuestion] = useState('')
  const change = (key: number, text: string) =>
    setOptions(options.map((option) => (option.key === key ? { key, text } : option)))
  const add = () => setOptions([...options, { key: Math.max(...options.map(({ key }) => key)) + 1, text: '' }])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const multiple = new FormData(event.currentTarget).get('multiple') === 'on'
    const poll = { question: question.trim(), options: filled, multiple }
    if (await act(() => classroom.polls.open(poll), t('room.poll.launched'))) onDone()
  }
  return (
    <form onSubmit={submit} className="scroll-quiet flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4">
      <Field
        label={t('room.poll.question')}
        placeholder={t('room.poll.questionPlaceholder')}
        value={question}
        onChange={({ target }) => setQuestion(target.value)}
        maxLength={limits.pollQuestionLength}
        data-testid="poll-question"
        autoFocus
      />
      {options.map(({ key, text }, place) => (
        <div key={key} className="flex items-center gap-1">
          <input
            value={text}
            onChange={({ target }) => change(key, target.value)}
            placeholder={t('room.poll.option', { number: place + 1 })}
            aria-label={t('room.poll.option', { number: place + 1 })}
            maxLength={limits.pollOptionLength}
            data-testid={`poll-option-input-${place}`}
            className={`${inputClasses()} h-10`}
          />
          {options.length > 2 && (
            <IconButton
              small
              label={t('room.poll.removeOption', { number: place + 1 })}
              icon={<X size={16} />}
              onClick={() => setOptions(options.filter((option) => option.key !== key))}
            />
          )}
        </div>
      ))}
      {options.length < limits.pollOptions && (
        <Button look="ghost" size="sm" className="self-start" onClick={add}>
          <Plus size={16} aria-hidden />
          {t('room.poll.addOption')}
        </Button>
      )}
      <label className="flex items-center gap-2 text-sm">
        <input type="checkbox" name="multiple" className="size-4 accent-accent-fill" />
        {t('room.poll.allowMultiple')}
      </label>
      <div className="mt-1 flex gap-2">
        <Button className="flex-1" onClick={onDone}>
          {t('actions.cancel')}
        </Button>
        <Button
          type="submit"
          look="primary"
          className="flex-1"
          disabled={!question.trim() || filled.length < 2}
          data-testid="poll-open"
        >
          {t('room.poll.launch')}
        </Button>
      </div>
    </form>
  )
}
