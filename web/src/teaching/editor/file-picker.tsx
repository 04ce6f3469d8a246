/** Chooses a file and sends it, with its progress, its trouble, and a way to stop it. */
import { useQuery } from '@tanstack/react-query'
import { CloudUpload, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PurposeRules } from '../../../../src/files/schema.ts'
import { http } from '../../api/api.ts'
import { codeOf } from '../../api/errors.ts'
import { fileSize } from '../../format.ts'
import { useErrorText } from '../../i18n/texts.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ProgressBar } from '../../ui/progress-bar.tsx'
import { type Purpose, type Sent, sendFile } from './uploading.ts'

type Props = { purpose: Purpose; label: string; onSent: (file: Sent) => void }
/** After these the server still has what came. */
const passing = ['offline', 'unavailable', 'too_many_requests', 'internal']

type Sending = { name: string; percent: number; stop: AbortController }

export function FilePicker({ purpose, label, onSent }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const input = useRef<HTMLInputElement>(null)
  const [sending, setSending] = useState<Sending | null>(null)
  const [error, setError] = useState<unknown>(null)
  const rule = useRule(purpose)
  useLeaving(sending)
  const send = async (file: File) => {
    if (rule && file.size > rule.maxBytes) return setError({ code: 'file_too_large' })
    const stop = new AbortController()
    setError(null)
    setSending({ name: file.name, percent: 0, stop })
    try {
      const onProgress = (percent: number) => setSending({ name: file.name, percent, stop })
      onSent(await sendFile({ file, purpose, onProgress, signal: stop.signal }))
    } catch (trouble) {
      if (!stop.signal.aborted) setError(trouble)
    } finally {
      setSending(null)
    }
  }
  return (
    <div className="flex flex-col gap-2">
      <input
        ref={input}
        type="file"
        className="sr-only"
        tabIndex={-1}
        aria-hidden
        accept={rule?.endings.join(',')}
        data-testid={`file-${purpose}`}
        onChange={({ target }) => {
          const [file] = target.files ?? []
          target.value = ''
          if (file) void send(file)
        }}
      />
      {sending ? (
        <div className="rounded-control border bg-surface px-3 py-2" data-testid="sending">
          <div className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1 truncate">{sending.name}</span>
            <span className="tabular text-muted">
              {sending.percent < 100 ? `${sending.percent}%` : t('editor.file.checking')}
            </span>
            <IconButton
              small
              label={t('editor.file.stop')}
              icon={<X size={16} />}
              onClick={() => sending.stop.abort()}
            />
          </div>
          <ProgressBar label={sending.name} percent={sending.percent} className="mt-1" />
        </div>
      ) : (
        <Button size="sm" className="self-start" onClick={() => input.current?.click()}>
          <CloudUpload size={16} aria-hidden />
          {label}
        </Button>
      )}
      {error !== null ? (
        <p role="alert" className="text-accent text-xs">
          {textOf(error)} {passing.includes(codeOf(error)) && t('editor.file.again')}
        </p>
      ) : (
        rule && (
          <p className="text-muted text-xs">
            {t('editor.file.rule', { endings: rule.endings.slice(0, 6).join(' '), size: fileSize(rule.maxBytes) })}
          </p>
        )
      )}
    </div>
  )
}

/** What may be uploaded for this purpose. */
function useRule(purpose: Purpose) {
  const { data } = useQuery({
    queryKey: ['upload-rules'],
    queryFn: () => http.get<PurposeRules>('/api/uploads/rules'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return data?.purposes.find((rule) => rule.purpose === purpose)
}

/** Who closes the tab is asked first; who goes to another page stops, and goes on when the same file is chosen again. */
function useLeaving(sending: Sending | null): void {
  const now = useRef(sending)
  now.current = sending
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent) => now.current && event.preventDefault()
    addEventListener('beforeunload', hold)
    return () => {
      removeEventListener('beforeunload', hold)
      now.current?.stop.abort()
    }
  }, [])
}
