/** The staff's longer tasks with a question: writing an answer, and finding the one that asks the same. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { Question } from '../../../signaling/protocol/question-list.ts'
import { inOrder } from '../classroom/questions.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

type Props = { question: Question; onClose: () => void }

export function AnswerDialog({ question, onClose }: Props) {
  const { t } = useTranslation()
  const act = useAct()
  const { questions } = useRoom().classroom
  const [text, setText] = useState(question.answer?.text ?? '')
  const send = async () => {
    if (await act(() => questions.answer(question.seq, text.trim()), t('room.questions.answerSent'))) onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('room.questions.write')}
      text={question.text}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="primary" disabled={!text.trim()} onClick={() => void send()} data-testid="answer-send">
            {t('room.questions.sendAnswer')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('room.questions.answer')}
        hint={t('room.questions.answerHint')}
        value={text}
        onChange={({ target }) => setText(target.value)}
        maxLength={limits.answerLength}
        data-testid="answer-text"
      />
    </Dialog>
  )
}

export function MergeDialog({ question, onClose }: Props) {
  const { t } = useTranslation()
  const act = useAct()
  const { questions } = useRoom().classroom
  const all = useStorePart(questions.view, (view) => view.questions)
  const others = inOrder(
    all.filter(({ seq }) => seq !== question.seq),
    'votes',
  )
  const merge = async (intoSeq: number) => {
    if (await act(() => questions.merge(question.seq, intoSeq), t('room.questions.merged'))) onClose()
  }
  return (
    <Dialog open onClose={onClose} title={t('room.questions.mergeTitle')} text={question.text}>
      {others.length === 0 && <p className="text-muted text-sm">{t('room.questions.nothingToMerge')}</p>}
      <ul className="divide-y">
        {others.map(({ seq, text, votes }) => (
          <li key={seq}>
            <button
              type="button"
              onClick={() => void merge(seq)}
              data-testid="merge-into"
              className="flex w-full gap-3 rounded-control px-2 py-2.5 text-start text-sm hover:bg-sunken"
            >
              <span className="tabular w-6 shrink-0 text-end text-muted">{votes}</span>
              <span className="line-clamp-3 min-w-0 break-words">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
