/** The one picture that is on its way into what is being written. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Picture } from '../../../signaling/protocol/message.ts'
import { useUpload } from '../ui/use-upload.ts'
import { preparePicture } from './prepare-picture.ts'

type Chosen = { url: string; width: number; height: number; fileId: string | null }

export type OutgoingPicture = ReturnType<typeof useOutgoingPicture>

export function useOutgoingPicture(enabled: boolean) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [mistake, setMistake] = useState<string>()
  // The rules are not asked for: what is made here keeps to them, and a crowd that comes in would ask all at once.
  const upload = useUpload('chat', ({ id }) => setChosen((now) => now && { ...now, fileId: id }), false)
  const url = chosen?.url
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url])

  const choose = async (file: File | undefined) => {
    if (!file || !enabled || chosen) return
    setMistake(undefined)
    try {
      const { file: made, width, height } = await preparePicture(file)
      setChosen({ url: URL.createObjectURL(made), width, height, fileId: null })
      upload.take(made)
    } catch {
      setMistake(t('room.picture.unreadable'))
    }
  }
  const drop = () => {
    void upload.uploading?.cancel()
    upload.forget()
    setChosen(null)
    setMistake(undefined)
  }
  const picture: Picture | null =
    chosen?.fileId != null ? { fileId: chosen.fileId, width: chosen.width, height: chosen.height } : null
  return {
    chosen,
    /** Once it has arrived. */
    picture,
    uploading: upload.uploading,
    mistake: mistake ?? upload.mistake,
    choose,
    drop,
    /** It was sent. */
    done: () => setChosen(null),
  }
}
