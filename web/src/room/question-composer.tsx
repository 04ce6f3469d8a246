/** Where one asks; without one's name where the teacher allows it. */
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useSilence } from './silence.ts'
import { useAct } from './use-act.ts'

export function QuestionComposer({ onAsked }: { onAsked: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, role } = useRoom()
  const [text, setText] = useState('')
  const [hidden, setHidden] = useState(false)
  const [busy, setBusy] = useState(false)
  const mayHide = useStorePart(classroom.room, ({ settings }) => settings.anonymousQuestions) && role === 'student'
  const silence = useSilence()
  const silent = silence !== null
  const ask = async () => {
    const asked = text.trim()
    if (!asked || silent || busy) return
    setBusy(true)
    const send = async () => {
      const held = await classroom.questions.ask(asked, mayHide && hidden)
      tell(t(held ? 'room.review.yours' : 'room.questions.asked'))
    }
    if (await act(send)) {
      setText('')
      onAsked()
    }
    setBusy(false)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void ask()
  }
  const placeholder = silence ?? t('room.questions.placeholder')
  return (
    <div className="border-t bg-surface px-3 py-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
      <div className="flex items-end gap-2">
        <textarea
          rows={1}
          value={text}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={onKeyDown}
          maxLength={limits.questionLength}
          disabled={silent}
          placeholder={placeholder}
          aria-label={placeholder}
          enterKeyHint="send"
          data-testid="question-input"
          className={classes(inputClasses(), 'field-sizing-content max-h-28 min-h-10 resize-none py-2 leading-normal')}
        />
        <Button
          look="primary"
          disabled={!text.trim() || silent}
          busy={busy}
          onClick={() => void ask()}
          // A tap must not take the keyboard away.
          onPointerDown={(event) => event.preventDefault()}
          data-testid="question-ask"
        >
          {t('room.questions.ask')}
        </Button>
      </div>
      {mayHide && (
        <label className="flex items-center gap-2 pt-1.5 text-muted text-xs">
          <input
            type="checkbox"
            checked={hidden}
            onChange={({ target }) => setHidden(target.checked)}
            data-testid="question-hidden"
            className="size-4 accent-accent-fill"
          />
          {t('room.questions.hide')}
        </label>
      )}
    </div>
  )
}
