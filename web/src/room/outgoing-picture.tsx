/** The picture above what is being written: small, with how far it is on its way, and a way to leave it out. */
import { RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Uploading } from '../api/uploading.ts'
import { useErrorText } from '../i18n/texts.ts'
import { IconButton } from '../ui/button.tsx'
import { useStore } from '../use-store.ts'
import type { OutgoingPicture } from './use-outgoing-picture.ts'

export function OutgoingPictureView({ outgoing }: { outgoing: OutgoingPicture }) {
  const { t } = useTranslation()
  const { chosen, uploading, mistake, drop } = outgoing
  if (!chosen)
    return mistake ? (
      <p role="alert" className="pb-1.5 text-accent text-xs">
        {mistake}
      </p>
    ) : null
  return (
    <div className="flex items-center gap-3 pb-2" data-testid="outgoing-picture">
      <img src={chosen.url} alt={t('room.picture.yours')} className="size-14 rounded-control border object-cover" />
      <div className="min-w-0 flex-1 text-muted text-xs">
        {mistake ? (
          <p role="alert" className="text-accent">
            {mistake}
          </p>
        ) : uploading ? (
          <Progress uploading={uploading} />
        ) : (
          <p>{t('room.picture.ready')}</p>
        )}
      </div>
      <IconButton small label={t('room.picture.leaveOut')} icon={<X size={16} />} onClick={drop} />
    </div>
  )
}

function Progress({ uploading }: { uploading: Uploading }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { status, sentBytes, code } = useStore(uploading.view)
  const percent = Math.min(99, Math.floor((sentBytes / Math.max(1, uploading.file.size)) * 100))
  if (status === 'failed')
    return (
      <p role="alert" className="flex flex-wrap items-center gap-x-2 text-accent">
        {textOf({ code })}
        <button type="button" className="inline-flex items-center gap-1 underline" onClick={uploading.resume}>
          <RotateCw size={12} aria-hidden />
          {t('actions.retry')}
        </button>
      </p>
    )
  return (
    <>
      <p className="tabular">
        {t(status === 'waiting' ? 'room.picture.waiting' : 'room.picture.sending', { percent })}
      </p>
      <progress
        aria-label={t('room.picture.yours')}
        max={100}
        value={percent}
        className="mt-1 block h-1 w-full max-w-40 accent-accent-fill"
      />
    </>
  )
}
