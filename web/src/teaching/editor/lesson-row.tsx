/** One lesson in its teacher's outline. */
import { useSortable } from '@dnd-kit/sortable'
import { CSS } from '@dnd-kit/utilities'
import { ArrowDown, ArrowUp, MoreHorizontal, PenLine, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { DraftOutlineLesson } from '../../../../src/courses/schema.ts'
import { clockTime } from '../../format.ts'
import { momentText } from '../../i18n/texts.ts'
import { IconButton } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Pill } from '../../ui/pills.tsx'
import { useNow } from '../../use-now.ts'
import { lessonEditor } from './addresses.ts'
import { DeleteLessonDialog } from './delete-lesson-dialog.tsx'
import { Handle } from './handle.tsx'
import { kindIcons } from './kinds.ts'
import { stepLesson } from './outline-plan.ts'
import type { Moves } from './use-moves.ts'
import type { OutlineState } from './use-outline.ts'

type Props = { courseId: string; lesson: DraftOutlineLesson; outline: OutlineState; moves: Moves }

export function LessonRow({ courseId, lesson, outline, moves }: Props) {
  const { t } = useTranslation()
  const { id, title, kind, free, trialSeconds, lack, video } = lesson
  const { setNodeRef, setActivatorNodeRef, listeners, transform, transition, isDragging } = useSortable({
    id: `lesson:${id}`,
  })
  const Icon = kindIcons[kind]
  return (
    <li
      ref={setNodeRef}
      style={{ transform: CSS.Translate.toString(transform), transition }}
      data-testid={`outline-lesson-${id}`}
      className={classes(
        'flex items-center gap-1 bg-surface py-2 ps-2 pe-2 last:rounded-b-card',
        isDragging && 'opacity-40',
        moves.heldId === id && 'bg-accent-soft',
      )}
    >
      <Handle id={id} title={title} kind="lesson" moves={moves} activator={setActivatorNodeRef} listeners={listeners} />
      <Icon size={16} aria-label={t(`course.kind.${kind}`)} className="mx-1 shrink-0 text-muted" />
      <div className="min-w-0 flex-1">
        <Link to={lessonEditor(courseId, id)} className="block truncate text-sm hover:text-accent">
          {title}
        </Link>
        <p className="tabular truncate text-muted text-xs">
          <Facts lesson={lesson} />
        </p>
      </div>
      <span className="flex shrink-0 items-center gap-1">
        {lack && lack !== 'video_processing' && <Pill tone="accent">{t('editor.incomplete')}</Pill>}
        {lack === 'video_processing' && <Pill>{t('editor.processing', { percent: video?.progressPercent ?? 0 })}</Pill>}
        {free ? (
          <Pill tone="good">{t('course.mark.free')}</Pill>
        ) : (
          trialSeconds > 0 && <Pill>{t('course.mark.trial')}</Pill>
        )}
      </span>
      <RowMenu courseId={courseId} lesson={lesson} outline={outline} />
    </li>
  )
}

function Facts({ lesson: { kind, startsAt, status, video } }: { lesson: DraftOutlineLesson }) {
  const { t } = useTranslation()
  const now = useNow(30_000)
  const parts = [
    t(`course.kind.${kind}`),
    kind === 'live' && startsAt !== null && `${momentText(startsAt, now, t)} · ${t(`status.${status}`)}`,
    video?.durationMs && clockTime(video.durationMs),
  ]
  return parts.filter(Boolean).join(' · ')
}

function RowMenu({ courseId, lesson, outline: { plan, commit } }: Omit<Props, 'moves'>) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [deleting, setDeleting] = useState(false)
  const { id, title, status } = lesson
  const begun = status !== 'scheduled' && status !== 'lobby'
  return (
    <>
      <Menu trigger={<IconButton small label={t('editor.more', { title })} icon={<MoreHorizontal size={18} />} />}>
        <MenuItem icon={<PenLine size={16} />} onSelect={() => navigate(lessonEditor(courseId, id))}>
          {t('actions.edit')}
        </MenuItem>
        <MenuItem icon={<ArrowUp size={16} />} onSelect={() => commit(stepLesson(plan, id, -1))}>
          {t('editor.moveUp')}
        </MenuItem>
        <MenuItem icon={<ArrowDown size={16} />} onSelect={() => commit(stepLesson(plan, id, 1))}>
          {t('editor.moveDown')}
        </MenuItem>
        {!begun && (
          <>
            <MenuLine />
            <MenuItem icon={<Trash2 size={16} />} onSelect={() => setDeleting(true)}>
              {t('actions.delete')}
            </MenuItem>
          </>
        )}
      </Menu>
      {deleting && <DeleteLessonDialog courseId={courseId} lesson={lesson} onClose={() => setDeleting(false)} />}
    </>
  )
}
