/** What a chapter or lesson is taken hold of by, with the pointer or the keyboard. */
import type { useSortable } from '@dnd-kit/sortable'
import { GripVertical } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { handleId, type Moves } from './use-moves.ts'

type HandleProps = {
  id: string
  title: string
  kind: 'lesson' | 'chapter'
  moves: Moves
  activator: (element: HTMLElement | null) => void
  listeners: ReturnType<typeof useSortable>['listeners']
}

export function Handle({ id, title, kind, moves, activator, listeners }: HandleProps) {
  const { t } = useTranslation()
  return (
    <button
      type="button"
      id={handleId(id)}
      ref={activator}
      {...listeners}
      onKeyDown={(event) => moves.onKeyDown(event, id, kind)}
      aria-label={t('editor.move.handle', { title })}
      aria-pressed={moves.heldId === id}
      title={t('editor.move.instructions')}
      className="inline-flex size-8 shrink-0 cursor-grab touch-none items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-text active:cursor-grabbing aria-pressed:bg-accent-soft aria-pressed:text-accent"
    >
      <GripVertical size={16} aria-hidden />
    </button>
  )
}
