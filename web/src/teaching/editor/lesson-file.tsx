/** The file of a video or a document: chosen, on its way, being made ready, there. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { FileText, Film, RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { LessonDraft } from '../../../../src/courses/schema.ts'
import { http } from '../../api/api.ts'
import { clockTime, fileSize } from '../../format.ts'
import { useErrorText } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { tell } from '../../ui/notes.ts'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { Upload } from '../../ui/upload.tsx'
import { lessonKey } from './keys.ts'
import type { LessonForm } from './lesson-form.ts'

export function LessonFile({ draft, form }: { draft: LessonDraft; form: LessonForm }) {
  const { t } = useTranslation()
  const { kind, file } = draft
  const purpose = kind === 'video' ? 'video' : 'document'
  const Icon = kind === 'video' ? Film : FileText
  return (
    <section className="flex flex-col gap-3" aria-label={t(`editor.file.${purpose}`)}>
      <h2 className="font-medium text-sm">{t(`editor.file.${purpose}`)}</h2>
      {file && (
        <div className="rounded-card border bg-surface p-4" data-testid="lesson-file">
          <div className="flex items-center gap-3">
            <Icon size={20} aria-hidden className="shrink-0 text-muted" />
            <div className="min-w-0 flex-1">
              <p className="truncate text-sm">{file.name}</p>
              <p className="tabular text-muted text-xs">{fileSize(file.sizeBytes)}</p>
            </div>
          </div>
          {kind === 'video' && <Making draft={draft} />}
        </div>
      )}
      <Upload
        purpose={purpose}
        label={t(file ? 'editor.file.replace' : `editor.file.choose.${purpose}`)}
        onDone={({ id }) => form.change({ fileId: id })}
      />
    </section>
  )
}

const failures = [
  'not_a_video',
  'no_video_track',
  'too_long',
  'unsupported',
  'no_ffmpeg',
  'cancelled',
  'internal',
] as const

/** What the server makes of a film. */
function Making({ draft: { id, video, file } }: { draft: LessonDraft }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const retry = useMutation({
    mutationFn: () => http.post<void>(`/api/files/${file!.id}/video/retry`),
    onError: (error) => tell(textOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: lessonKey(id) }),
  })
  if (video?.status === 'ready')
    return (
      <p className="tabular mt-3 text-good text-sm" data-testid="video-ready">
        {t('editor.file.ready', { length: clockTime(video.durationMs ?? 0) })}
      </p>
    )
  if (video?.status === 'failed') {
    const failure = failures.find((name) => name === video.failure) ?? 'internal'
    return (
      <div role="alert" className="mt-3 flex flex-wrap items-center gap-3 text-accent text-sm">
        <span className="min-w-0 flex-1">{t(`editor.file.failure.${failure}`)}</span>
        <Button size="sm" busy={retry.isPending} onClick={() => retry.mutate()}>
          <RotateCw size={16} aria-hidden />
          {t('actions.retry')}
        </Button>
      </div>
    )
  }
  const percent = video?.progressPercent ?? 0
  return (
    <div className="mt-3" data-testid="making">
      <p className="tabular mb-1.5 text-muted text-sm">{t('editor.processing', { percent })}</p>
      <ProgressBar label={t('editor.lack.video_processing')} percent={percent} />
    </div>
  )
}
