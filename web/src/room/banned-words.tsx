/** The words that are refused in this room. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

const wordsIn = (text: string) => [...new Set(text.split(/[\n,，、;；]/).map((word) => word.trim()))].filter(Boolean)

export function BannedWords() {
  const { t } = useTranslation()
  const act = useAct()
  const { order } = useRoom().classroom
  const saved = useStorePart(order.view, ({ words }) => words).join('\n')
  const [text, setText] = useState(saved)
  const words = wordsIn(text)
  const tooLong = words.find((word) => word.length > limits.bannedWordLength)
  const error = tooLong
    ? t('room.order.wordTooLong', { word: tooLong })
    : words.length > limits.bannedWords
      ? t('room.order.tooManyWords', { count: limits.bannedWords })
      : undefined
  return (
    <section aria-label={t('room.order.words')} className="flex flex-col items-start gap-2">
      <div className="w-full">
        <TextField
          label={t('room.order.words')}
          hint={t('room.order.wordsHint')}
          error={error}
          rows={3}
          value={text}
          onChange={({ target }) => setText(target.value)}
          data-testid="banned-words"
        />
      </div>
      <Button
        size="sm"
        disabled={error !== undefined || words.join('\n') === saved}
        onClick={() => void act(() => order.changeWords(words), t('actions.saved'))}
        data-testid="banned-words-save"
      >
        {t('actions.save')}
      </Button>
    </section>
  )
}
