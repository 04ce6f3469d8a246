/** The message that stands above the chat. */
import { Pin, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { useStorePart } from '../use-store.ts'
import { ChatPicture } from './chat-picture.tsx'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function PinnedMessage() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, isStaff } = useRoom()
  const pinned = useStorePart(classroom.chat.view, (view) => view.pinned)
  if (!pinned) return null
  return (
    <section
      aria-label={t('room.chat.pinned')}
      data-testid="pinned"
      className="short:hidden flex items-start gap-2.5 border-b bg-accent-soft px-4 py-2"
    >
      <Pin size={15} aria-hidden className="mt-1 shrink-0 text-accent" />
      <div className="min-w-0 flex-1">
        {pinned.picture && <ChatPicture picture={pinned.picture} />}
        {pinned.text && <p className="line-clamp-3 whitespace-pre-wrap break-words text-sm">{pinned.text}</p>}
      </div>
      {isStaff && (
        <IconButton
          small
          label={t('room.chat.unpin')}
          icon={<X size={16} />}
          onClick={() => void act(() => classroom.chat.pin(null))}
          data-testid="unpin"
          className="-me-2 -my-0.5"
        />
      )}
    </section>
  )
}
