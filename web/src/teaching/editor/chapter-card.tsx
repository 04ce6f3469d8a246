/** One chapter with its lessons, and what can be done with each. */
import { useDroppable } from '@dnd-kit/core'
import { SortableContext, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import { ArrowDown, ArrowUp, FolderX, GripVertical, MoreHorizontal, PenLine, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import type { ChapterTask } from './chapter-dialog.tsx'
import { Handle } from './handle.tsx'
import { LessonRow } from './lesson-row.tsx'
import { LOOSE, type PlanChapter, stepChapter } from './outline-plan.ts'
import type { Moves } from './use-moves.ts'
import type { OutlineState } from './use-outline.ts'

type Props = {
  courseId: string
  chapter: PlanChapter
  outline: OutlineState
  moves: Moves
  onAdd: () => void
  onTask: (task: ChapterTask) => void
}

export function ChapterCard({ courseId, chapter, outline, moves, onAdd, onTask }: Props) {
  const { t } = useTranslation()
  const loose = chapter.key === LOOSE
  const { setNodeRef, setActivatorNodeRef, listeners, transform, transition, isDragging } = useSortable({
    id: `chapter:${chapter.key}`,
    disabled: loose,
  })
  const title = loose ? t('editor.loose') : chapter.title
  return (
    <section
      ref={setNodeRef}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      aria-label={title}
      data-testid="chapter"
      className={classes(
        'rounded-card border bg-surface',
        isDragging && 'opacity-40',
        moves.heldId === chapter.key && 'border-accent shadow-raised',
      )}
    >
      <div className="flex items-center gap-1 py-2 ps-2 pe-2">
        {loose ? (
          <span className="w-8" />
        ) : (
          <Handle
            id={chapter.key}
            title={title}
            kind="chapter"
            moves={moves}
            activator={setActivatorNodeRef}
            listeners={listeners}
          />
        )}
        <h3 className={classes('min-w-0 flex-1 truncate', loose ? 'text-muted text-sm' : 'display text-base')}>
          {title}
        </h3>
        <IconButton small label={t('editor.addLessonTo', { title })} icon={<Plus size={18} />} onClick={onAdd} />
        {!loose && <ChapterMenu chapter={chapter} outline={outline} onTask={onTask} />}
      </div>
      <SortableContext items={chapter.lessons.map(({ id }) => `lesson:${id}`)} strategy={verticalListSortingStrategy}>
        {chapter.lessons.length === 0 ? (
          <Zone chapterKey={chapter.key}>{t('editor.emptyChapter')}</Zone>
        ) : (
          <ol className="divide-y border-t">
            {chapter.lessons.map((lesson) => (
              <LessonRow key={lesson.id} courseId={courseId} lesson={lesson} outline={outline} moves={moves} />
            ))}
          </ol>
        )}
      </SortableContext>
    </section>
  )
}

function Zone({ chapterKey, children }: { chapterKey: string; children: ReactNode }) {
  const { setNodeRef, isOver } = useDroppable({ id: `zone:${chapterKey}` })
  return (
    <p
      ref={setNodeRef}
      className={classes('border-t px-4 py-4 text-center text-muted text-sm', isOver && 'bg-accent-soft')}
    >
      {children}
    </p>
  )
}

type MenuProps = Pick<Props, 'chapter' | 'outline' | 'onTask'>

function ChapterMenu({ chapter: { key, title }, outline: { plan, commit }, onTask }: MenuProps) {
  const { t } = useTranslation()
  return (
    <Menu trigger={<IconButton small label={t('editor.more', { title })} icon={<MoreHorizontal size={18} />} />}>
      <MenuItem icon={<PenLine size={16} />} onSelect={() => onTask({ kind: 'rename', key })}>
        {t('editor.renameChapter')}
      </MenuItem>
      <MenuItem icon={<ArrowUp size={16} />} onSelect={() => commit(stepChapter(plan, key, -1))}>
        {t('editor.moveUp')}
      </MenuItem>
      <MenuItem icon={<ArrowDown size={16} />} onSelect={() => commit(stepChapter(plan, key, 1))}>
        {t('editor.moveDown')}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<FolderX size={16} />} onSelect={() => onTask({ kind: 'remove', key })}>
        {t('editor.removeChapter')}
      </MenuItem>
    </Menu>
  )
}

/** What follows the pointer. */
export const DraggedRow = ({ title }: { title: string | undefined }) => (
  <div className="flex items-center gap-2 rounded-card border border-accent bg-raised px-3 py-3 text-sm shadow-raised">
    <GripVertical size={16} aria-hidden className="text-muted" />
    <span className="truncate font-medium">{title}</span>
  </div>
)
