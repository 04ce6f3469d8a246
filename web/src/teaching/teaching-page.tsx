/** The lessons one teaches or assists: schedule, change, share, enter. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CalendarPlus, Link2, MoreHorizontal, Pencil, Presentation, Trash2, UserRoundPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { Lesson } from '../../../src/courses/schema.ts'
import type { User } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { useLessons } from '../api/use-lessons.ts'
import { zoneName } from '../format.ts'
import { lengthText, momentText, useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Button, buttonClasses, IconButton } from '../ui/button.tsx'
import { Cover } from '../ui/cover.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { tell } from '../ui/notes.ts'
import { LivePill, Pill } from '../ui/pills.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { useNow } from '../use-now.ts'
import { AssistantsDialog } from './assistants-dialog.tsx'
import { LessonDialog } from './lesson-dialog.tsx'

export function TeachingPage() {
  const { t } = useTranslation()
  useTitle(t('teaching.title'))
  return <SignedInOnly>{(user) => <Teaching user={user} />}</SignedInOnly>
}

type Open = { kind: 'new' } | { kind: 'edit' | 'delete' | 'assistants'; lesson: Lesson } | null

function Teaching({ user }: { user: User }) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const mayTeach = user.role === 'teacher' || user.role === 'operator' || user.role === 'admin'
  const [open, setOpen] = useState<Open>(search.has('new') && mayTeach ? { kind: 'new' } : null)
  const query = useLessons('mine')
  const close = () => {
    setOpen(null)
    if (search.has('new')) setSearch({}, { replace: true })
  }
  const create = mayTeach && (
    <Button look="primary" onClick={() => setOpen({ kind: 'new' })} data-testid="new-lesson">
      <CalendarPlus size={16} aria-hidden />
      {t('teaching.newLesson')}
    </Button>
  )
  return (
    <main className="mx-auto max-w-4xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div>
          <h1 className="display text-xl">{t('teaching.title')}</h1>
          <p className="mt-1 text-muted text-sm">{t('teaching.lead')}</p>
        </div>
        {query.list.length > 0 && create}
      </div>
      <div className="mt-8">
        {query.isPending ? (
          <div className="flex flex-col gap-3">
            <Skeleton className="h-24 rounded-card" />
            <Skeleton className="h-24 rounded-card" />
          </div>
        ) : query.error && query.list.length === 0 ? (
          <Failed error={query.error} onRetry={() => void query.refetch()} />
        ) : query.list.length === 0 ? (
          <div className="rounded-card border border-dashed">
            <Empty
              icon={<Presentation size={32} strokeWidth={1.5} />}
              title={t('teaching.emptyTitle')}
              text={t(mayTeach ? 'teaching.emptyText' : 'teaching.notTeacher')}
            >
              {create}
            </Empty>
          </div>
        ) : (
          <>
            <ul className="flex flex-col gap-3">
              {query.list.map((lesson) => (
                <Row key={lesson.id} lesson={lesson} own={mayTeach} onOpen={setOpen} userId={user.id} />
              ))}
            </ul>
            <p className="pt-4 text-muted text-xs">{t('time.zone', { zone: zoneName() })}</p>
          </>
        )}
        {query.hasNextPage && (
          <div className="pt-4 text-center">
            <Button look="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('actions.loadMore')}
            </Button>
          </div>
        )}
      </div>
      {(open?.kind === 'new' || open?.kind === 'edit') && (
        <LessonDialog lesson={open.kind === 'edit' ? open.lesson : null} onClose={close} />
      )}
      {open?.kind === 'assistants' && <AssistantsDialog lesson={open.lesson} onClose={close} />}
      {open?.kind === 'delete' && <DeleteDialog lesson={open.lesson} onClose={close} />}
    </main>
  )
}

type RowProps = { lesson: Lesson; own: boolean; userId: string; onOpen: (open: Open) => void }

function Row({ lesson, own, userId, onOpen }: RowProps) {
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
          <MenuItem icon={<Pencil size={16} />} onSelect={() => onOpen({ kind: 'edit', lesson })}>
            {t('actions.edit')}
          </MenuItem>
          <MenuItem icon={<UserRoundPlus size={16} />} onSelect={() => onOpen({ kind: 'assistants', lesson })}>
            {t('teaching.assistants')}
          </MenuItem>
          {lesson.status !== 'live' && lesson.status !== 'paused' && (
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

function DeleteDialog({ lesson, onClose }: { lesson: Lesson; onClose: () => void }) {
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
