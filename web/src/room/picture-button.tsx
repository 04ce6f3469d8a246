/** Picks a picture for the chat. */
import { ImagePlus } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { pictureAmong } from './prepare-picture.ts'

type Props = { disabled: boolean; onPick: (file: File | undefined) => void }

export function PictureButton({ disabled, onPick }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        tabIndex={-1}
        aria-hidden
        className="sr-only"
        data-testid="picture-file"
        onChange={({ currentTarget }) => {
          onPick(pictureAmong(currentTarget.files))
          currentTarget.value = ''
        }}
      />
      <IconButton
        label={t('room.picture.add')}
        icon={<ImagePlus size={20} />}
        onClick={() => input.current?.click()}
        disabled={disabled}
        data-testid="picture-add"
        className="text-muted"
      />
    </>
  )
}
