/** The live lessons one teaches or assists, inside of courses or not. */
import { CalendarPlus, Presentation } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import type { User } from '../../../src/users/schema.ts'
import { useLessons } from '../api/use-lessons.ts'
import { zoneName } from '../format.ts'
import { PreparedDialog } from '../polls/prepared-section.tsx'
import { Button } from '../ui/button.tsx'
import { Section } from '../ui/section.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { AssistantsDialog } from './assistants-dialog.tsx'
import { LessonDialog } from './lesson-dialog.tsx'
import { DeleteDialog, type Open, Row } from './lesson-rows.tsx'

export function OwnLessons({ user, mayTeach }: { user: User; mayTeach: boolean }) {
  const { t } = useTranslation()
  const [search, setSearch] = useSearchParams()
  const [open, setOpen] = useState<Open>(search.has('new') && mayTeach ? { kind: 'new' } : null)
  const query = useLessons('mine')
  const close = () => {
    setOpen(null)
    if (search.has('new')) setSearch({}, { replace: true })
  }
  const create = mayTeach && (
    <Button onClick={() => setOpen({ kind: 'new' })} data-testid="new-lesson">
      <CalendarPlus size={16} aria-hidden />
      {t('teaching.newLesson')}
    </Button>
  )
  return (
    <Section title={t('teaching.lessons')} action={query.list.length > 0 && create}>
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
      {(open?.kind === 'new' || open?.kind === 'edit') && (
        <LessonDialog lesson={open.kind === 'edit' ? open.lesson : null} onClose={close} />
      )}
      {open?.kind === 'assistants' && <AssistantsDialog lesson={open.lesson} onClose={close} />}
      {open?.kind === 'polls' && <PreparedDialog lesson={open.lesson} onClose={close} />}
      {open?.kind === 'delete' && <DeleteDialog lesson={open.lesson} onClose={close} />}
    </Section>
  )
}
