/** The lessons one teaches or assists, each with what can be done with it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { BookOpen, ChartNoAxesColumn, Link2, MoreHorizontal, Pencil, Trash2, UserRoundPlus } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Lesson } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { lengthText, momentText, useErrorText } from '../i18n/texts.ts'
import { Button, buttonClasses, IconButton } from '../ui/button.tsx'
import { Cover } from '../ui/cover.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { tell } from '../ui/notes.ts'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'
import { courseEditor, lessonEditor } from './editor/addresses.ts'

export type Open = { kind: 'new' } | { kind: 'edit' | 'delete' | 'assistants' | 'polls'; lesson: Lesson } | null

type RowProps = { lesson: Lesson; own: boolean; userId: string; onOpen: (open: Open) => void }

export function Row({ lesson, own, userId, onOpen }: RowProps) {
  const { t } = useTranslation()
  const now = useNow(30_000)
  const running = lesson.status === 'live' || lesson.status === 'paused'
  const mayChange = own && (lesson.teacher.id === userId || lesson.status !== 'ended')
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-card border bg-surface p-4">
      <Cover seed={lesson.id} className="h-14 w-24 shrink-0 rounded-control max-[419px]:hidden" />
      <div className="min-w-48 flex-1">
        <div className="flex items-center gap-2">
          <Link to={`/lessons/${lesson.id}`} className="display truncate text-base hover:text-accent">
            {lesson.title}
          </Link>
          {lesson.status === 'live' ? (
            <LivePill />
          ) : (
            <Pill tone={lesson.status === 'lobby' ? 'accent' : 'quiet'}>{t(`status.${lesson.status}`)}</Pill>
          )}
        </div>
        <p className="tabular mt-0.5 text-muted text-sm">
          {momentText(lesson.startsAt, now, t)} · {lengthText(lesson.durationMinutes, t)}
          {lesson.course && ` · ${lesson.course.title}`}
          {running && ` · ${t('people', { count: lesson.online })}`}
        </p>
      </div>
      <div className="ms-auto flex items-center gap-1">
        {lesson.status !== 'ended' && (
          <Link to={`/lessons/${lesson.id}`} className={buttonClasses(running ? 'primary' : 'quiet', 'sm')}>
            {t(lesson.teacher.id === userId ? 'teaching.enterConsole' : 'teaching.enterRoom')}
          </Link>
        )}
        <RowMenu lesson={lesson} mayChange={mayChange} onOpen={onOpen} />
      </div>
    </li>
  )
}

function RowMenu({ lesson, mayChange, onOpen }: { lesson: Lesson; mayChange: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { course } = lesson
  const copy = async () => {
    await navigator.clipboard?.writeText(`${location.origin}/lessons/${lesson.id}`)
    tell(t('teaching.copied'))
  }
  return (
    <Menu trigger={<IconButton small label={t('actions.more')} icon={<MoreHorizontal size={18} />} />}>
      <MenuItem icon={<Link2 size={16} />} onSelect={() => void copy()}>
        {t('teaching.copyLink')}
      </MenuItem>
      {mayChange && (
        <>
          <MenuItem
            icon={<Pencil size={16} />}
            onSelect={() => (course ? navigate(lessonEditor(course.id, lesson.id)) : onOpen({ kind: 'edit', lesson }))}
          >
            {t('actions.edit')}
          </MenuItem>
          {course && (
            <MenuItem icon={<BookOpen size={16} />} onSelect={() => navigate(courseEditor(course.id, 'outline'))}>
              {t('editor.openCourse')}
            </MenuItem>
          )}
          <MenuItem
            icon={<ChartNoAxesColumn size={16} />}
            onSelect={() => onOpen({ kind: 'polls', lesson })}
            testId="lesson-polls"
          >
            {t('polls.prepared')}
          </MenuItem>
          <MenuItem icon={<UserRoundPlus size={16} />} onSelect={() => onOpen({ kind: 'assistants', lesson })}>
            {t('teaching.assistants')}
          </MenuItem>
          {!course && lesson.status !== 'live' && lesson.status !== 'paused' && (
            <>
              <MenuLine />
              <MenuItem icon={<Trash2 size={16} />} onSelect={() => onOpen({ kind: 'delete', lesson })}>
                {t('actions.delete')}
              </MenuItem>
            </>
          )}
        </>
      )}
    </Menu>
  )
}

export function DeleteDialog({ lesson, onClose }: { lesson: Lesson; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => api.deleteLesson(lesson.id),
    onSuccess: () => {
      tell(t('teaching.deleted'))
      onClose()
    },
    onError: (error) => tell(textOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['lessons'] }),
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('teaching.deleteTitle')}
      text={t('teaching.deleteText', { title: lesson.title })}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t('actions.delete')}
          </Button>
        </>
      }
    />
  )
}
