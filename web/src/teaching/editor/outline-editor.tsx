/** The chapters and lessons of a course, to be put in order by hand, by keyboard or by menu. */
import {
  type Announcements,
  type CollisionDetection,
  closestCenter,
  DndContext,
  type DragEndEvent,
  type DragOverEvent,
  DragOverlay,
  MeasuringStrategy,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core'
import { SortableContext, verticalListSortingStrategy } from '@dnd-kit/sortable'
import { FolderPlus, ListTree, Plus } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CourseDraft } from '../../../../src/courses/schema.ts'
import { Button } from '../../ui/button.tsx'
import { Empty } from '../../ui/states.tsx'
import { SaveNote } from '../save-note.tsx'
import { AddLessonDialog } from './add-lesson-dialog.tsx'
import { ChapterCard, DraggedRow } from './chapter-card.tsx'
import { ChapterDialog, type ChapterTask } from './chapter-dialog.tsx'
import { addChapter, LOOSE, type Plan, placeOf, putChapter, putLesson } from './outline-plan.ts'
import { useMoves } from './use-moves.ts'
import { useOutline } from './use-outline.ts'

export function OutlineEditor({ draft }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  const outline = useOutline(draft)
  const moves = useMoves(outline)
  const [adding, setAdding] = useState<string | null>(null)
  const [task, setTask] = useState<ChapterTask | null>(null)
  const { plan } = outline
  const shown = plan.filter(({ key, lessons }) => key !== LOOSE || lessons.length > 0)
  const buttons = (
    <div className="flex flex-wrap gap-2">
      <Button onClick={() => setTask({ kind: 'new' })} data-testid="new-chapter">
        <FolderPlus size={16} aria-hidden />
        {t('editor.newChapter')}
      </Button>
      <Button look="primary" onClick={() => setAdding(plan.at(-1)?.key ?? LOOSE)} data-testid="add-lesson">
        <Plus size={16} aria-hidden />
        {t('editor.addLesson')}
      </Button>
    </div>
  )
  return (
    <div>
      {shown.length === 0 ? (
        <div className="rounded-card border border-dashed">
          <Empty
            icon={<ListTree size={32} strokeWidth={1.5} />}
            title={t('editor.emptyOutline.title')}
            text={t('editor.emptyOutline.text')}
          >
            {buttons}
          </Empty>
        </div>
      ) : (
        <>
          <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
            <SaveNote state={outline.state} retry={outline.retry} />
            {buttons}
          </div>
          <Sorting plan={plan} show={outline.show} commit={outline.commit}>
            <SortableContext items={shown.map(({ key }) => `chapter:${key}`)} strategy={verticalListSortingStrategy}>
              <div className="flex flex-col gap-4">
                {shown.map((chapter) => (
                  <ChapterCard
                    key={chapter.key}
                    courseId={draft.id}
                    chapter={chapter}
                    outline={outline}
                    moves={moves}
                    onAdd={() => setAdding(chapter.key)}
                    onTask={setTask}
                  />
                ))}
              </div>
            </SortableContext>
          </Sorting>
        </>
      )}
      <p role="status" aria-live="assertive" className="sr-only" data-testid="said">
        {moves.said}
      </p>
      {adding !== null && (
        <AddLessonDialog draft={draft} plan={plan} chapterKey={adding} onClose={() => setAdding(null)} />
      )}
      {task && (
        <ChapterDialog
          task={task}
          plan={plan}
          onAdd={(title) => outline.commit(addChapter(plan, title))}
          commit={outline.commit}
          onClose={() => setTask(null)}
        />
      )}
    </div>
  )
}

/** With the pointer one sees what happens; the keyboard has words of its own. */
const silent: Announcements = {
  onDragStart: () => undefined,
  onDragOver: () => undefined,
  onDragEnd: () => undefined,
  onDragCancel: () => undefined,
}

type Dragged = { kind: 'chapter' | 'lesson' | 'zone'; id: string }

/** `chapter:KEY`, `lesson:ID`, and `zone:KEY` for the inside of an empty chapter. */
function draggedOf(name: unknown): Dragged {
  const [kind, id] = String(name).split(/:(.*)/s) as [Dragged['kind'], string]
  return { kind, id }
}

/** Chapters go among chapters, lessons among lessons and into empty chapters. */
const collide: CollisionDetection = (given) => {
  const chapters = draggedOf(given.active.id).kind === 'chapter'
  const droppableContainers = given.droppableContainers.filter(
    ({ id }) => (draggedOf(id).kind === 'chapter') === chapters,
  )
  return closestCenter({ ...given, droppableContainers })
}

type SortingProps = { plan: Plan; show: (plan: Plan) => void; commit: (plan: Plan) => void; children: ReactNode }

function Sorting({ plan, show, commit, children }: SortingProps) {
  const { t } = useTranslation()
  const [dragged, setDragged] = useState<Dragged | null>(null)
  const before = useRef(plan)
  const sensors = useSensors(useSensor(PointerSensor, { activationConstraint: { distance: 6 } }))
  const over = ({ active, over }: DragOverEvent) => {
    const target = over && targetOf(plan, active, over)
    const from = placeOf(plan, draggedOf(active.id).id)
    if (target && from && from.chapter !== target.chapter) show(putLesson(plan, draggedOf(active.id).id, target))
  }
  const end = ({ active, over }: DragEndEvent) => {
    setDragged(null)
    if (!over) return commit(plan)
    const { kind, id } = draggedOf(active.id)
    if (kind === 'chapter') {
      const to = plan.findIndex(({ key }) => key === draggedOf(over.id).id)
      return commit(putChapter(plan, id, to))
    }
    const place = placeOf(plan, draggedOf(over.id).id)
    commit(place && draggedOf(over.id).kind === 'lesson' ? putLesson(plan, id, place) : plan)
  }
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={collide}
      measuring={{ droppable: { strategy: MeasuringStrategy.Always } }}
      accessibility={{ announcements: silent, screenReaderInstructions: { draggable: t('editor.move.instructions') } }}
      onDragStart={({ active }) => {
        before.current = plan
        setDragged(draggedOf(active.id))
      }}
      onDragOver={over}
      onDragEnd={end}
      onDragCancel={() => {
        setDragged(null)
        show(before.current)
      }}
    >
      {children}
      <DragOverlay>{dragged && <DraggedRow title={titleOf(plan, dragged)} />}</DragOverlay>
    </DndContext>
  )
}

/** Where a lesson would go that is over something: before a lesson or after it, or into an empty chapter. */
function targetOf(plan: Plan, active: DragOverEvent['active'], over: NonNullable<DragOverEvent['over']>) {
  if (draggedOf(active.id).kind !== 'lesson') return undefined
  const { kind, id } = draggedOf(over.id)
  if (kind === 'zone') return { chapter: plan.findIndex(({ key }) => key === id), index: 0 }
  const place = placeOf(plan, id)
  const top = active.rect.current.translated?.top ?? 0
  return place && { ...place, index: place.index + (top > over.rect.top + over.rect.height / 2 ? 1 : 0) }
}

const titleOf = (plan: Plan, { kind, id }: Dragged) =>
  kind === 'chapter'
    ? plan.find(({ key }) => key === id)?.title
    : plan.flatMap(({ lessons }) => lessons).find((lesson) => lesson.id === id)?.title
