/** The cover of a course: the painted one until there is a picture. */
import { useTranslation } from 'react-i18next'
import type { CourseDraft } from '../../../../src/courses/schema.ts'
import { Button } from '../../ui/button.tsx'
import { Upload } from '../../ui/upload.tsx'
import { OwnCover } from './own-cover.tsx'

type Props = { draft: CourseDraft; onChange: (fileId: string | null) => void }

export function CoverField({ draft, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-2">
      <p className="font-medium text-sm">{t('editor.cover')}</p>
      <OwnCover course={draft} className="aspect-video w-full max-w-xs rounded-card border" />
      <Upload
        purpose="cover"
        label={t(draft.cover ? 'editor.file.replace' : 'editor.file.choose.cover')}
        onDone={({ id }) => onChange(id)}
      />
      {draft.cover && (
        <Button size="sm" look="ghost" className="self-start" onClick={() => onChange(null)}>
          {t('editor.removeCover')}
        </Button>
      )}
    </div>
  )
}
