/** Streaming from OBS or another encoder: where to, with which key, and how what comes arrives. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Copy, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useRoom } from '../room/classroom-context.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { FormTrouble } from '../ui/form-trouble.tsx'
import { tell } from '../ui/notes.ts'
import { Skeleton } from '../ui/states.tsx'
import { StreamHealthView } from './stream-health.tsx'

export function StreamDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open={open} onClose={onClose} title={t('room.stream.title')} text={t('room.stream.lead')}>
      {open && <StreamSetup />}
    </Dialog>
  )
}

function StreamSetup() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { lesson } = useRoom()
  const queries = useQueryClient()
  const queryKey = ['stream', lesson.id]
  const access = useQuery({ queryKey, queryFn: () => api.streamAccess(lesson.id) })
  const make = useMutation({
    mutationFn: () => api.makeStreamKey(lesson.id),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  })
  const key = make.data?.key
  const exists = access.data?.keyMadeAt != null
  const [sure, setSure] = useState(false)
  const ask = () => (exists && !sure ? setSure(true) : make.mutate(undefined, { onSettled: () => setSure(false) }))
  if (access.error) return <FormTrouble>{textOf(access.error)}</FormTrouble>
  if (!access.data) return <Skeleton className="h-40" />
  const { whipUrl, rtmpUrl } = access.data
  return (
    <div className="flex flex-col gap-4" data-testid="stream-setup">
      <Copyable label={t('room.stream.whipAddress')} hint={t('room.stream.whipHint')} value={whipUrl} />
      {rtmpUrl && <Copyable label={t('room.stream.rtmpAddress')} hint={t('room.stream.rtmpHint')} value={rtmpUrl} />}
      <div className="flex flex-col gap-2">
        {key ? (
          <Copyable label={t('room.stream.key')} hint={t('room.stream.keyOnce')} value={key} />
        ) : (
          <p className="text-muted text-sm">{t(exists ? 'room.stream.keyExists' : 'room.stream.keyMissing')}</p>
        )}
        {sure && <p className="text-sm">{t('room.stream.resetWarning')}</p>}
        {make.error && <FormTrouble>{textOf(make.error)}</FormTrouble>}
        <Button look={exists ? 'quiet' : 'primary'} busy={make.isPending} onClick={ask} data-testid="make-stream-key">
          {t(sure ? 'room.stream.resetNow' : exists ? 'room.stream.reset' : 'room.stream.make')}
        </Button>
      </div>
      <p className="flex items-start gap-2 rounded-control bg-sunken px-3 py-2 text-muted text-sm">
        <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
        {t('room.stream.advice')}
      </p>
      <StreamHealthView detailed />
    </div>
  )
}

function Copyable({ label, hint, value }: { label: string; hint: string; value: string }) {
  const { t } = useTranslation()
  const copy = async () => {
    await navigator.clipboard?.writeText(value)
    tell(t('room.stream.copied'))
  }
  return (
    <label className="flex flex-col gap-1">
      <span className="font-medium text-sm">{label}</span>
      <span className="flex items-center gap-1">
        <input
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
          className="h-10 min-w-0 flex-1 rounded-control border bg-sunken px-3 font-mono text-sm"
        />
        <IconButton label={`${t('room.stream.copy')} ${label}`} icon={<Copy size={18} />} onClick={() => void copy()} />
      </span>
      <span className="text-muted text-xs">{hint}</span>
    </label>
  )
}
