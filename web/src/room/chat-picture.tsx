/** A picture in the chat: small among the words, large when it is opened. */
import { useQuery } from '@tanstack/react-query'
import { ImageOff, X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Picture } from '../../../signaling/protocol/message.ts'
import { filesApi } from '../api/files.ts'
import { IconButton } from '../ui/button.tsx'

/** An address lives for an hour. */
const FRESH_MS = 50 * 60_000
/** What was shown just now may not be stored yet. */
const TRIES = 4
const AGAIN_AFTER_MS = 1200
/** The room it takes among the words, in pixels. */
const [MOST_WIDE, MOST_HIGH] = [220, 180]

/** `name` is whose picture it is, where that is worth saying. */
type Props = { picture: Picture; name?: string }

export function ChatPicture({ picture: { fileId, width, height }, name }: Props) {
  const { t } = useTranslation()
  const [large, setLarge] = useState(false)
  const [broken, setBroken] = useState(false)
  const { data, error } = useQuery({
    queryKey: ['file-address', fileId],
    queryFn: () => filesApi.address(fileId),
    staleTime: FRESH_MS,
    retry: TRIES,
    retryDelay: AGAIN_AFTER_MS,
  })
  const scale = Math.min(1, MOST_WIDE / width, MOST_HIGH / height)
  const size = { width: Math.max(48, width * scale), aspectRatio: `${width} / ${height}`, maxHeight: MOST_HIGH }
  const alt = name ? t('room.picture.of', { name }) : t('room.picture.word')
  if (error || broken)
    return (
      <p className="my-1 inline-flex items-center gap-1.5 rounded-control bg-sunken px-2.5 py-1.5 text-muted text-xs">
        <ImageOff size={14} aria-hidden />
        {t('room.picture.gone')}
      </p>
    )
  if (!data) return <span aria-hidden className="my-1 block animate-shimmer rounded-control bg-line" style={size} />
  return (
    <>
      <button
        type="button"
        onClick={() => setLarge(true)}
        aria-label={t('room.picture.open', { picture: alt })}
        data-testid="chat-picture"
        className="my-1 block max-w-full overflow-hidden rounded-control border bg-sunken"
        style={size}
      >
        <img src={data.url} alt={alt} className="size-full object-contain" onError={() => setBroken(true)} />
      </button>
      {large && <Lightbox url={data.url} alt={alt} onClose={() => setLarge(false)} />}
    </>
  )
}

function Lightbox({ url, alt, onClose }: { url: string; alt: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal container={document.fullscreenElement as HTMLElement | null}>
        <Dialog.Content
          aria-describedby={undefined}
          onClick={onClose}
          data-testid="lightbox"
          className="fixed inset-0 z-50 flex animate-fade items-center justify-center bg-stage p-4"
        >
          <Dialog.Title className="sr-only">{alt}</Dialog.Title>
          <img src={url} alt={alt} className="max-h-full max-w-full object-contain" />
          <Dialog.Close asChild>
            <IconButton
              label={t('actions.close')}
              icon={<X size={20} />}
              look="stage"
              className="absolute end-3 top-3 bg-stage-veil"
            />
          </Dialog.Close>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
