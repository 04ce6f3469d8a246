/** The editor of one lesson of a course: what it says or shows, what goes with it, and who may see it for nothing. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft, Eye, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate, useParams } from 'react-router'
import type { LessonDraft, LessonEdit } from '../../../../src/courses/schema.ts'
import { teachingApi } from '../../api/teaching.ts'
import { useTitle } from '../../layout/page-frame.tsx'
import { SignedInOnly } from '../../layout/signed-in-only.tsx'
import { PreparedSection } from '../../polls/prepared-section.tsx'
import { Button, buttonClasses } from '../../ui/button.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { Pill } from '../../ui/pills.tsx'
import { ConflictCard, SaveNote } from '../save-note.tsx'
import { useAutosave } from '../use-autosave.ts'
import { courseEditor } from './addresses.ts'
import { Attachments } from './attachments.tsx'
import { DeleteLessonDialog } from './delete-lesson-dialog.tsx'
import { lessonKey } from './keys.ts'
import { LessonContent } from './lesson-content.tsx'
import type { LessonValues } from './lesson-form.ts'
import { OpenFields } from './open-fields.tsx'
import { Trouble, Waiting } from './states.tsx'
import { WatchingFields } from './watching-fields.tsx'

const PROCESSING_MS = 3000

export function LessonEditorPage() {
  const { id = '', lessonId = '' } = useParams()
  return <SignedInOnly>{() => <Editor key={lessonId} courseId={id} lessonId={lessonId} />}</SignedInOnly>
}

function Editor({ courseId, lessonId }: { courseId: string; lessonId: string }) {
  const query = useQuery({
    queryKey: lessonKey(lessonId),
    queryFn: () => teachingApi.lesson(lessonId),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.lack === 'video_processing' ? PROCESSING_MS : false),
  })
  useTitle(query.data?.title)
  if (query.error && !query.data) return <Trouble error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data || !query.isFetchedAfterMount) return <Waiting />
  return <Opened courseId={courseId} draft={query.data} />
}

const valuesOf = (draft: LessonDraft): LessonValues => ({
  title: draft.title,
  description: draft.description,
  body: draft.body,
  free: draft.free,
  trialSeconds: draft.trialSeconds,
  startsAt: draft.startsAt,
  durationMinutes: draft.durationMinutes,
  dvrMinutes: draft.dvrMinutes,
  watermark: draft.watermark,
  fileId: draft.file?.id ?? null,
  attachmentIds: draft.attachments.map(({ id }) => id),
})

function Opened({ courseId, draft }: { courseId: string; draft: LessonDraft }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [title, setTitle] = useState<string | null>(null)
  const [deleting, setDeleting] = useState(false)
  const keep = (saved: LessonDraft) => {
    queries.setQueryData(lessonKey(draft.id), saved)
    return saved
  }
  const form = useAutosave<LessonValues, LessonDraft>({
    key: `lesson ${draft.id}`,
    document: draft,
    read: valuesOf,
    save: async (change) => keep(await teachingApi.changeLesson(draft.id, change as LessonEdit)),
    load: async () => keep(await teachingApi.lesson(draft.id)),
  })
  const changeTitle = (text: string) => {
    setTitle(text)
    if (text.trim()) form.change({ title: text })
  }
  const titleMissing = title !== null && !title.trim()
  const begun = draft.status !== 'scheduled' && draft.status !== 'lobby'
  return (
    <main className="mx-auto max-w-3xl px-4 pt-6 pb-20 sm:px-6 sm:pt-8">
      <Head courseId={courseId} draft={draft} />
      <div className="mt-6">
        <ConflictCard form={form} />
        <div className="flex flex-col gap-6">
          <Field
            label={t('editor.title')}
            value={title ?? form.values.title}
            maxLength={120}
            error={titleMissing ? t('account.required') : undefined}
            onChange={(event) => changeTitle(event.target.value)}
          />
          <LessonContent draft={draft} form={form} />
          <TextField
            label={t('teaching.description')}
            hint={t('editor.descriptionHint')}
            rows={3}
            maxLength={5000}
            value={form.values.description}
            onChange={(event) => form.change({ description: event.target.value })}
          />
          <Attachments draft={draft} form={form} />
          <OpenFields kind={draft.kind} form={form} />
          <WatchingFields kind={draft.kind} form={form} />
          {draft.kind === 'live' && <PreparedSection lessonId={draft.id} />}
          {!begun && (
            <div className="border-t pt-6">
              <Button look="ghost" onClick={() => setDeleting(true)} data-testid="delete-lesson">
                <Trash2 size={16} aria-hidden />
                {t('editor.deleteLesson')}
              </Button>
            </div>
          )}
        </div>
      </div>
      <div className="sticky bottom-0 mt-6 border-t bg-page py-2">
        <SaveNote state={form.state} retry={form.retry} mistaken={titleMissing} />
      </div>
      {deleting && (
        <DeleteLessonDialog
          courseId={courseId}
          lesson={draft}
          onClose={() => setDeleting(false)}
          onDeleted={() => navigate(courseEditor(courseId, 'outline'))}
        />
      )}
    </main>
  )
}

function Head({ courseId, draft: { id, kind, lack, course } }: { courseId: string; draft: LessonDraft }) {
  const { t } = useTranslation()
  return (
    <>
      <Link
        to={courseEditor(courseId, 'outline')}
        className="inline-flex max-w-full items-center gap-1 text-muted text-sm hover:text-text"
      >
        <ArrowLeft size={16} aria-hidden className="shrink-0" />
        <span className="truncate">{course.title}</span>
      </Link>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <h1 className="display text-xl">{t(`editor.lessonOf.${kind}`)}</h1>
        {lack && <Pill tone="accent">{t(`editor.lack.${lack}`)}</Pill>}
        <Link to={`/lessons/${id}`} className={`${buttonClasses('ghost', 'sm')} ms-auto`}>
          <Eye size={16} aria-hidden />
          {t(kind === 'live' ? 'teaching.enterConsole' : 'editor.preview')}
        </Link>
      </div>
    </>
  )
}
