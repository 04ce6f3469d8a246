/** Where a file is dropped or chosen, and then how far it is on its way. */
import { Upload as UploadIcon } from 'lucide-react'
import { type DragEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoredFileInfo } from '../../../src/files/schema.ts'
import type { Purpose } from '../api/uploading.ts'
import { fileSize } from '../format.ts'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { OnItsWay } from './on-its-way.tsx'
import { useUpload } from './use-upload.ts'

type Props = {
  purpose: Purpose
  /** What the button says. */
  label: string
  /** Called once for each file that has arrived. */
  onDone: (file: StoredFileInfo) => void
}

export function Upload({ purpose, label, onDone }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const [over, setOver] = useState(false)
  const { rule, uploading, mistake, take, forget } = useUpload(purpose, onDone)
  const input = useRef<HTMLInputElement>(null)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }

  if (uploading) return <OnItsWay key={uploading.file.name} uploading={uploading} onGone={forget} />
  return (
    <section
      aria-label={label}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      data-testid={`upload-${purpose}`}
      className={classes(
        'flex flex-col items-center gap-2 rounded-card border border-dashed px-4 py-6 text-center transition-colors duration-150',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong',
      )}
    >
      <input
        ref={input}
        id={id}
        type="file"
        className="sr-only"
        accept={rule?.endings.join(',')}
        tabIndex={-1}
        aria-hidden
        data-testid={`file-${purpose}`}
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0])
          currentTarget.value = ''
        }}
      />
      <Button onClick={() => input.current?.click()}>
        <UploadIcon size={16} aria-hidden />
        {label}
      </Button>
      <p className="text-muted text-xs max-sm:hidden">{t('upload.drop')}</p>
      {rule && (
        <p className="text-muted text-xs">
          {t('upload.limits', {
            types: rule.endings.map((ending) => ending.slice(1).toUpperCase()).join(' · '),
            limit: fileSize(rule.maxBytes),
          })}
        </p>
      )}
      {mistake && (
        <p role="alert" className="text-accent text-sm">
          {mistake}
        </p>
      )}
    </section>
  )
}
