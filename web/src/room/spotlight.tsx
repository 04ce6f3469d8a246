/** The question that is being answered now, above whatever else one reads. */
import { Check, Mic } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function Spotlight() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, isStaff } = useRoom()
  const { questions } = classroom
  const taken = useStorePart(questions.view, (view) => view.questions.find(({ status }) => status === 'taken'))
  if (!taken) return null
  return (
    <section
      aria-label={t('room.questions.takenTitle')}
      data-testid="spotlight"
      className="short:hidden flex items-start gap-2.5 border-b bg-good-soft px-4 py-2.5"
    >
      <Mic size={16} aria-hidden className="mt-1 shrink-0 text-good" />
      <div className="min-w-0 flex-1">
        <p className="text-good text-xs">{t('room.questions.takenTitle')}</p>
        <p className="line-clamp-3 break-words font-medium text-sm">{taken.text}</p>
      </div>
      {isStaff && (
        <Button
          size="sm"
          onClick={() => void act(() => questions.answer(taken.seq, null))}
          data-testid="spotlight-done"
          className="mt-0.5"
        >
          <Check size={14} aria-hidden />
          {t('room.questions.done')}
        </Button>
      )}
    </section>
  )
}
