/** Where a file is dropped or chosen, and how far it is on its way: bytes, speed, time left, pause, and why not. */
import { useQuery } from '@tanstack/react-query'
import { Pause, Play, RotateCw, Upload as UploadIcon, X } from 'lucide-react'
import { type DragEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoredFileInfo } from '../../../src/files/schema.ts'
import { filesApi } from '../api/files.ts'
import { type Purpose, Uploading } from '../api/uploading.ts'
import { fileSize } from '../format.ts'
import { roughDuration, useErrorText } from '../i18n/texts.ts'
import { useStore } from '../use-store.ts'
import { Button, IconButton } from './button.tsx'
import { classes } from './classes.ts'
import { ProgressBar } from './progress-bar.tsx'

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
  const [mistake, setMistake] = useState<string>()
  const [uploading, setUploading] = useState<Uploading | null>(null)
  const rules = useQuery({ queryKey: ['upload-rules'], queryFn: filesApi.rules, staleTime: Number.POSITIVE_INFINITY })
  const rule = rules.data?.purposes.find((each) => each.purpose === purpose)
  const input = useRef<HTMLInputElement>(null)
  const done = useRef(onDone)
  done.current = onDone
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent) => uploading && event.preventDefault()
    addEventListener('beforeunload', hold)
    return () => {
      removeEventListener('beforeunload', hold)
      uploading?.close()
    }
  }, [uploading])

  const take = (file: File | undefined) => {
    if (!file) return
    const wrong =
      rule && file.size > rule.maxBytes
        ? t('upload.tooLarge', { size: fileSize(file.size), limit: fileSize(rule.maxBytes) })
        : file.size === 0
          ? t('upload.empty')
          : undefined
    setMistake(wrong)
    if (wrong) return
    const arrived = (stored: StoredFileInfo) => {
      setUploading(null)
      done.current(stored)
    }
    setUploading(new Uploading(file, purpose, arrived))
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }

  if (uploading) return <OnItsWay key={uploading.file.name} uploading={uploading} onGone={() => setUploading(null)} />
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

function OnItsWay({ uploading, onGone }: { uploading: Uploading; onGone: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { status, sentBytes, bytesPerSecond, code } = useStore(uploading.view)
  const { name, size } = uploading.file
  const percent = Math.floor((sentBytes / size) * 100)
  const left = bytesPerSecond > 0 ? roughDuration(((size - sentBytes) / bytesPerSecond) * 1000, t) : null
  const giveUp = () => {
    void uploading.cancel()
    onGone()
  }
  return (
    <section className="rounded-card border bg-surface px-4 py-3" aria-label={name} data-testid="uploading">
      <div className="flex items-center gap-2">
        <p className="min-w-0 flex-1 truncate font-medium text-sm" title={name}>
          {name}
        </p>
        {status === 'sending' && (
          <IconButton small label={t('upload.pause')} icon={<Pause size={16} />} onClick={uploading.pause} />
        )}
        {(status === 'paused' || status === 'waiting') && (
          <IconButton small label={t('upload.resume')} icon={<Play size={16} />} onClick={uploading.resume} />
        )}
        {status === 'failed' && (
          <IconButton small label={t('actions.retry')} icon={<RotateCw size={16} />} onClick={uploading.resume} />
        )}
        {status !== 'checking' && (
          <IconButton small label={t('upload.cancel')} icon={<X size={16} />} onClick={giveUp} />
        )}
      </div>
      {status === 'failed' ? (
        <p role="alert" className="mt-1 text-accent text-sm" data-testid="upload-failed">
          {textOf({ code })}
        </p>
      ) : (
        <>
          <ProgressBar label={t('upload.progress', { name })} percent={percent} className="mt-2" />
          <p className="tabular mt-1.5 flex flex-wrap gap-x-3 text-muted text-xs" role="status">
            <span>
              {fileSize(sentBytes)} / {fileSize(size)}
            </span>
            {status === 'sending' && bytesPerSecond > 0 && (
              <span>{t('upload.speed', { speed: fileSize(bytesPerSecond) })}</span>
            )}
            {status === 'sending' && left && <span>{t('upload.left', { time: left })}</span>}
            {status !== 'sending' && status !== 'done' && <span>{t(`upload.status.${status}`)}</span>}
          </p>
        </>
      )}
    </section>
  )
}
