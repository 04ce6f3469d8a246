/** The form of a poll, a quiz or a rating: asked at once, or kept for later. */
import { Plus, X } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { firstPoll, limits, type PollKind, pollKinds, stars } from '../../../signaling/protocol/constants.ts'
import type { NewPoll } from '../../../signaling/protocol/polls.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Field, inputClasses } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'
import { useLengthText } from './lengths.ts'

const times = [10, 15, 20, 30, 45, 60, 90, 120, 180, 300]

type Option = { key: number; text: string; right: boolean }
type Values = Omit<Required<NewPoll>, 'options' | 'right'> & { options: Option[] }

type Props = {
  /** The one that is changed; without it a new one. */
  poll?: NewPoll
  /** The buttons, each given what the form holds; null while something is missing. */
  actions: (poll: NewPoll | null) => ReactNode
  onSubmit: (poll: NewPoll) => void
}

export function PollForm({ poll, actions, onSubmit }: Props) {
  const { t } = useTranslation()
  const [values, setValues] = useState(() => valuesOf(poll))
  const change = (part: Partial<Values>) => setValues({ ...values, ...part })
  const made = pollOf(values)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (made) onSubmit(made)
  }
  const { kind, multiple, seconds } = values
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <KindChoice
        kind={kind}
        onChange={(next) => change({ kind: next, results: next === 'quiz' ? 'closed' : 'live' })}
      />
      <Field
        label={t('polls.question')}
        placeholder={t('polls.questionPlaceholder')}
        value={values.question}
        onChange={({ target }) => change({ question: target.value })}
        maxLength={limits.pollQuestionLength}
        data-testid="poll-question"
        autoFocus
      />
      {kind !== 'rating' && <Options values={values} onChange={change} />}
      <Select
        label={t('polls.time')}
        value={seconds ?? 0}
        onChange={({ target }) => change({ seconds: Number(target.value) || null })}
        data-testid="poll-time"
      >
        <Times seconds={seconds} />
      </Select>
      <div className="flex flex-col gap-2">
        {kind !== 'rating' && (
          <Box
            label={t('polls.allowMultiple')}
            checked={multiple}
            onChange={(checked) => change({ multiple: checked, options: oneRight(values.options, checked) })}
            testId="poll-multiple"
          />
        )}
        <Box
          label={t('polls.hideResults')}
          checked={values.results === 'closed'}
          onChange={(checked) => change({ results: checked ? 'closed' : 'live' })}
          testId="poll-hide-results"
        />
        <Box
          label={t('polls.allowChange')}
          checked={values.changeable}
          onChange={(changeable) => change({ changeable })}
          testId="poll-changeable"
        />
      </div>
      <div className="mt-1 flex flex-wrap justify-end gap-2">{actions(made)}</div>
    </form>
  )
}

function KindChoice({ kind, onChange }: { kind: PollKind; onChange: (kind: PollKind) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset>
      <legend className="sr-only">{t('polls.kind')}</legend>
      <div className="flex rounded-control bg-sunken p-1">
        {pollKinds.map((each) => (
          <label
            key={each}
            className={classes(
              'flex h-9 flex-1 cursor-pointer items-center justify-center rounded-control text-sm transition-colors duration-150 has-focus-visible:outline-2 has-focus-visible:outline-accent sm:h-8',
              each === kind ? 'bg-surface font-medium shadow-card' : 'text-muted hover:text-text',
            )}
          >
            <input
              type="radio"
              name="kind"
              checked={each === kind}
              onChange={() => onChange(each)}
              className="sr-only"
              data-testid={`poll-kind-${each}`}
            />
            {t(`polls.title.${each}`)}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Options({
  values: { kind, multiple, options },
  onChange,
}: {
  values: Values
  onChange: (part: Partial<Values>) => void
}) {
  const { t } = useTranslation()
  const change = (key: number, part: Partial<Option>) =>
    onChange({ options: options.map((option) => (option.key === key ? { ...option, ...part } : option)) })
  const mark = (key: number, right: boolean) =>
    multiple
      ? change(key, { right })
      : onChange({ options: options.map((each) => ({ ...each, right: each.key === key })) })
  const add = () =>
    onChange({ options: [...options, { key: Math.max(...options.map(({ key }) => key)) + 1, text: '', right: false }] })
  return (
    <>
      {kind === 'quiz' && <p className="-mb-1 text-muted text-xs">{t('polls.rightHint')}</p>}
      {options.map(({ key, text, right }, place) => (
        <div key={key} className="flex items-center gap-1">
          {kind === 'quiz' && (
            <label className="flex size-10 shrink-0 cursor-pointer items-center justify-center">
              <input
                type={multiple ? 'checkbox' : 'radio'}
                name="right"
                checked={right}
                onChange={({ target }) => mark(key, target.checked)}
                aria-label={t('polls.markRight', { number: place + 1 })}
                data-testid={`poll-right-${place}`}
                className="size-4 accent-good"
              />
            </label>
          )}
          <input
            value={text}
            onChange={({ target }) => change(key, { text: target.value })}
            placeholder={t('polls.option', { number: place + 1 })}
            aria-label={t('polls.option', { number: place + 1 })}
            maxLength={limits.pollOptionLength}
            data-testid={`poll-option-input-${place}`}
            className={`${inputClasses()} h-10`}
          />
          {options.length > 2 && (
            <IconButton
              small
              label={t('polls.removeOption', { number: place + 1 })}
              icon={<X size={16} />}
              onClick={() => onChange({ options: options.filter((option) => option.key !== key) })}
            />
          )}
        </div>
      ))}
      {options.length < limits.pollOptions && (
        <Button look="ghost" size="sm" className="self-start" onClick={add}>
          <Plus size={16} aria-hidden />
          {t('polls.addOption')}
        </Button>
      )}
    </>
  )
}

function Times({ seconds }: { seconds: number | null }) {
  const { t } = useTranslation()
  const lengthText = useLengthText()
  const all = seconds === null || times.includes(seconds) ? times : [...times, seconds].sort((a, b) => a - b)
  return (
    <>
      <option value={0}>{t('polls.noTime')}</option>
      {all.map((each) => (
        <option key={each} value={each}>
          {lengthText(each)}
        </option>
      ))}
    </>
  )
}

type BoxProps = { label: string; checked: boolean; onChange: (checked: boolean) => void; testId: string }

const Box = ({ label, checked, onChange, testId }: BoxProps) => (
  <label className="flex items-center gap-2 text-sm">
    <input
      type="checkbox"
      checked={checked}
      onChange={({ target }) => onChange(target.checked)}
      data-testid={testId}
      className="size-4 accent-accent-fill"
    />
    {label}
  </label>
)

/** Where one alone may be chosen, one alone is right. */
function oneRight(options: Option[], multiple: boolean): Option[] {
  const first = options.find(({ right }) => right)
  return multiple ? options : options.map((option) => ({ ...option, right: option === first }))
}

function valuesOf(poll?: NewPoll): Values {
  const { options, right = [], ...asked }: NewPoll = poll ?? { question: '', options: ['', ''], multiple: false }
  const shown = asked.kind === 'rating' ? ['', ''] : options
  return {
    ...firstPoll,
    ...asked,
    options: shown.map((text, place) => ({ key: place, text, right: right.includes(place) })),
  }
}

function pollOf({ options, ...values }: Values): NewPoll | null {
  const question = values.question.trim()
  if (!question) return null
  if (values.kind === 'rating') return { ...values, question, options: [...stars], multiple: false }
  const filled = options.filter(({ text }) => text.trim())
  const asked = { ...values, question, options: filled.map(({ text }) => text.trim()) }
  if (filled.length < 2) return null
  if (values.kind !== 'quiz') return asked
  const right = filled.flatMap((option, place) => (option.right ? [place] : []))
  return right.length > 0 ? { ...asked, right } : null
}
