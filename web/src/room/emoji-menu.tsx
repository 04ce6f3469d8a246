/** A handful of faces and signs, for those whose keyboard has none. */
import { Smile } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'

const EMOJI = [
  ...['😀', '😄', '😂', '🙂', '😉', '😊', '😍', '🤔', '😅', '😭', '😮', '😴'],
  ...['👍', '👎', '👏', '🙏', '💪', '👌', '✋', '🤝', '❤️', '🔥', '🎉', '🌹'],
  ...['✅', '❌', '❓', '❗', '💡', '📌', '📖', '✏️', '⏰', '☕', '🎧', '💯'],
]

type Props = { disabled: boolean; onPick: (emoji: string) => void; onClose: () => void }

export function EmojiMenu({ disabled, onPick, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton
          label={t('room.chat.emoji')}
          icon={<Smile size={20} />}
          disabled={disabled}
          data-testid="emoji-open"
          className="text-muted"
        />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={document.fullscreenElement as HTMLElement | null}>
        <DropdownMenu.Content
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            onClose()
          }}
          className="z-50 grid animate-rise grid-cols-6 rounded-card border bg-raised p-1 text-xl shadow-raised"
        >
          {EMOJI.map((emoji) => (
            <DropdownMenu.Item
              key={emoji}
              onSelect={() => onPick(emoji)}
              className="flex size-10 cursor-pointer items-center justify-center rounded-control outline-none data-[highlighted]:bg-sunken"
            >
              {emoji}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
