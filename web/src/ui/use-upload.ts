/** One file after the other, chosen by a person and sent to the server: what may be chosen, what is on its way, and why not. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoredFileInfo } from '../../../src/files/schema.ts'
import { filesApi } from '../api/files.ts'
import { type Purpose, Uploading } from '../api/uploading.ts'
import { fileSize } from '../format.ts'

/** `onDone` is called once for each file that has arrived. */
export function useUpload(purpose: Purpose, onDone: (file: StoredFileInfo) => void, enabled = true) {
  const { t } = useTranslation()
  const [mistake, setMistake] = useState<string>()
  const [uploading, setUploading] = useState<Uploading | null>(null)
  const rules = useQuery({
    queryKey: ['upload-rules'],
    queryFn: filesApi.rules,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  })
  const rule = rules.data?.purposes.find((each) => each.purpose === purpose)
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

  const mistakeIn = ({ size }: File) => {
    if (rule && size > rule.maxBytes)
      return t('upload.tooLarge', { size: fileSize(size), limit: fileSize(rule.maxBytes) })
    return size === 0 ? t('upload.empty') : undefined
  }
  const take = (file: File | undefined) => {
    if (!file || uploading) return
    const wrong = mistakeIn(file)
    setMistake(wrong)
    if (wrong) return
    const arrived = (stored: StoredFileInfo) => {
      setUploading(null)
      done.current(stored)
    }
    setUploading(new Uploading(file, purpose, arrived))
  }
  return { rule, uploading, mistake, take, forget: () => setUploading(null) }
}
