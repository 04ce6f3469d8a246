/** What staff announce, above everything else that is said. */
import { Megaphone, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Announcement } from '../../../signaling/protocol/notices.ts'
import { timeOfDay } from '../format.ts'
import { IconButton } from '../ui/button.tsx'

type Props = {
  announcement: Announcement | null
  /** Staff take it down for everybody; without it, one hides it for oneself. */
  onTakeDown?: () => void
}

export function AnnouncementBar({ announcement, onTakeDown }: Props) {
  const { t } = useTranslation()
  const [hidden, setHidden] = useState<number | null>(null)
  const shown = announcement && hidden !== announcement.seq ? announcement : null
  return (
    <div aria-live="polite">
      {shown && (
        <section
          aria-label={t('room.announcement.title')}
          data-testid="announcement"
          className="short:hidden flex animate-rise items-start gap-2.5 border-b bg-accent-soft px-4 py-2.5"
        >
          <Megaphone size={16} aria-hidden className="mt-1 shrink-0 text-accent" />
          <div className="scroll-quiet max-h-28 min-w-0 flex-1 overflow-y-auto">
            <p className="text-accent text-xs">
              {t('room.announcement.title')} · <time className="tabular">{timeOfDay(shown.at)}</time>
            </p>
            <p className="whitespace-pre-wrap break-words text-sm">{shown.text}</p>
          </div>
          <IconButton
            small
            label={t(onTakeDown ? 'room.announcement.takeDown' : 'room.announcement.hide')}
            icon={<X size={16} />}
            onClick={onTakeDown ?? (() => setHidden(shown.seq))}
            data-testid="announcement-hide"
            className="-me-2 -my-0.5"
          />
        </section>
      )}
    </div>
  )
}
