/** The replay as one file, for its teacher: made when asked for, with its progress, then saved by the browser. */
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { replaysApi } from '../api/replays.ts'
import { fileSize } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'

const LOOK_MS = 1000

/** `version`: of the replay as it is trimmed now; another one is another file. */
export function ReplayFileButton({ lessonId, version }: { lessonId: string; version: number }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [asked, setAsked] = useState(false)
  const file = useQuery({
    queryKey: ['replay-file', lessonId, version],
    queryFn: () => replaysApi.file(lessonId),
    enabled: asked,
    gcTime: 0,
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'queued' || data?.status === 'making' ? LOOK_MS : false,
  })
  const { status, url, progressPercent = 0, sizeBytes = null } = file.data ?? {}
  useEffect(() => {
    if (!asked || status !== 'ready' || !url) return
    Object.assign(document.createElement('a'), { href: url, download: '' }).click()
    setAsked(false)
  }, [asked, status, url])
  const busy = asked && status !== 'ready' && status !== 'failed' && !file.error
  return (
    <div className="flex flex-col gap-2" data-testid="replay-file" data-status={status}>
      <Button
        size="sm"
        className="self-start"
        busy={busy}
        onClick={() => (asked ? void file.refetch() : setAsked(true))}
        data-testid="download-replay"
      >
        <Download size={14} aria-hidden />
        {t('replay.desk.download')}
        {sizeBytes !== null && ` · ${fileSize(sizeBytes)}`}
      </Button>
      {busy && <ProgressBar label={t('replay.desk.making')} percent={progressPercent} />}
      {busy && (
        <p role="status" className="tabular text-muted text-xs">
          {t('replay.desk.making')} {progressPercent}%
        </p>
      )}
      {asked && (status === 'failed' || file.error) && (
        <p role="alert" className="text-accent text-sm">
          {file.error ? textOf(file.error) : t('replay.desk.failed')}
        </p>
      )}
    </div>
  )
}
