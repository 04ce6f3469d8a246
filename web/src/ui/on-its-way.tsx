/** A file on its way: bytes, speed, time left, pause, and why not. */
import { Pause, Play, RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Uploading } from '../api/uploading.ts'
import { fileSize } from '../format.ts'
import { roughDuration, useErrorText } from '../i18n/texts.ts'
import { useStore } from '../use-store.ts'
import { IconButton } from './button.tsx'
import { ProgressBar } from './progress-bar.tsx'

export function OnItsWay({ uploading, onGone }: { uploading: Uploading; onGone: () => void }) {
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
