/** What learners may save beside a lesson. */
import { Paperclip, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { LessonDraft } from '../../../../src/courses/schema.ts'
import { fileSize } from '../../format.ts'
import { IconButton } from '../../ui/button.tsx'
import { Upload } from '../../ui/upload.tsx'
import type { LessonForm } from './lesson-form.ts'

const MOST = 20

export function Attachments({ draft, form }: { draft: LessonDraft; form: LessonForm }) {
  const { t } = useTranslation()
  const { attachmentIds } = form.values
  const set = (ids: string[]) => form.change({ attachmentIds: ids })
  return (
    <section className="flex flex-col gap-3" aria-label={t('editor.file.attachments')}>
      <div>
        <h2 className="font-medium text-sm">{t('editor.file.attachments')}</h2>
        <p className="text-muted text-xs">{t('editor.file.attachmentsHint')}</p>
      </div>
      {draft.attachments.length > 0 && (
        <ul className="divide-y rounded-card border bg-surface" data-testid="attachments">
          {draft.attachments.map(({ id, name, sizeBytes }) => (
            <li key={id} className="flex items-center gap-3 px-4 py-2 text-sm">
              <Paperclip size={16} aria-hidden className="shrink-0 text-muted" />
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <span className="tabular shrink-0 text-muted text-xs">{fileSize(sizeBytes)}</span>
              <IconButton
                small
                label={`${t('actions.remove')} ${name}`}
                icon={<Trash2 size={16} />}
                onClick={() => set(attachmentIds.filter((other) => other !== id))}
              />
            </li>
          ))}
        </ul>
      )}
      {attachmentIds.length < MOST && (
        <Upload
          purpose="attachment"
          label={t('editor.file.addAttachment')}
          onDone={({ id }) => set([...attachmentIds, id])}
        />
      )}
    </section>
  )
}
