/** What belongs to a lesson and can be taken home. */
import { useMutation } from '@tanstack/react-query'
import { Download, Paperclip } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { FileInfo } from '../../../src/courses/schema.ts'
import { saveFile } from '../api/files.ts'
import { fileSize } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { IconButton } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'

export function Attachments({ files }: { files: FileInfo[] }) {
  const { t } = useTranslation()
  if (files.length === 0) return null
  return (
    <section className="mt-10" aria-label={t('study.attachments')}>
      <h2 className="display text-base">{t('study.attachments')}</h2>
      <ul className="mt-3 divide-y rounded-card border bg-surface">
        {files.map((file) => (
          <Attachment key={file.id} file={file} />
        ))}
      </ul>
    </section>
  )
}

function Attachment({ file: { id, name, sizeBytes } }: { file: FileInfo }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const save = useMutation({ mutationFn: () => saveFile(id, name), onError: (error) => tell(textOf(error)) })
  return (
    <li className="flex items-center gap-3 py-1.5 ps-4 pe-2">
      <Paperclip size={16} aria-hidden className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 truncate text-sm" title={name}>
        {name}
      </span>
      <span className="tabular shrink-0 text-muted text-xs">{fileSize(sizeBytes)}</span>
      <IconButton
        label={t('study.download', { name })}
        icon={<Download size={18} />}
        disabled={save.isPending}
        onClick={() => save.mutate()}
        data-testid="download"
      />
    </li>
  )
}
