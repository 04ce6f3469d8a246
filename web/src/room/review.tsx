/** What waits for staff: words to be let through, and messages that were reported. */
import { useQuery } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Held } from '../classroom/order.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Pill } from '../ui/pills.tsx'
import { Failed } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { ChatPicture } from './chat-picture.tsx'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function ReviewBar() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const { held, reported } = useStore(useRoom().classroom.order.view)
  if (held.length === 0 && reported.length === 0 && !open) return null
  const counts = [
    held.length > 0 && t('room.review.heldCount', { count: held.length }),
    reported.length > 0 && t('room.review.reportedCount', { count: reported.length }),
  ].filter(Boolean)
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        data-testid="review-open"
        className="short:hidden border-b bg-accent-soft px-4 py-2 text-start text-accent text-sm underline"
      >
        {counts.join(' · ') || t('room.review.title')}
      </button>
      {open && <ReviewDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function ReviewDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { held, reported } = useStore(useRoom().classroom.order.view)
  return (
    <Dialog open onClose={onClose} title={t('room.review.title')}>
      {held.length === 0 && reported.length === 0 && <p className="text-muted text-sm">{t('room.review.nothing')}</p>}
      <ul className="divide-y">
        {held.map((each) => (
          <HeldRow key={each.seq} held={each} />
        ))}
      </ul>
      {reported.length > 0 && <Reports reported={reported} />}
    </Dialog>
  )
}

function HeldRow({ held }: { held: Held }) {
  const { t } = useTranslation()
  const act = useAct()
  const { order } = useRoom().classroom
  const { seq, data } = held
  return (
    <Row event={held} marks={[t(`room.review.as.${data.as}`), t(`room.review.reason.${data.reason}`)]}>
      <Button
        size="sm"
        look="primary"
        onClick={() => void act(() => order.decideHeld(seq, true))}
        data-testid="held-accept"
      >
        <Check size={14} aria-hidden />
        {t('room.review.accept')}
      </Button>
      <Button size="sm" onClick={() => void act(() => order.decideHeld(seq, false))} data-testid="held-refuse">
        <X size={14} aria-hidden />
        {t('room.review.refuse')}
      </Button>
    </Row>
  )
}

function Reports({ reported }: { reported: readonly number[] }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson } = useRoom()
  const { refetch, data, error } = useQuery({
    queryKey: ['reports', lesson.id],
    queryFn: () => classroom.order.reports(),
    gcTime: 0,
    staleTime: 0,
  })
  // Whenever another one is reported, or dealt with.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list of reports is what is watched
  useEffect(() => void refetch(), [reported, refetch])
  if (error) return <Failed error={error} onRetry={() => void refetch()} />
  return (
    <ul className="divide-y border-t">
      {data?.map(({ message, reporters }) => (
        <Row key={message.seq} event={message} marks={[t('room.review.reporters', { count: reporters })]}>
          <Button
            size="sm"
            look="primary"
            onClick={() => void act(() => classroom.chat.delete(message.seq))}
            data-testid="report-delete"
          >
            {t('room.chat.delete')}
          </Button>
          <Button
            size="sm"
            onClick={() => void act(() => classroom.order.dismissReport(message.seq))}
            data-testid="report-keep"
          >
            {t('room.review.keep')}
          </Button>
        </Row>
      ))}
    </ul>
  )
}

type RowProps = { event: RoomEvent; marks: string[]; children: ReactNode }

function Row({ event, marks, children }: RowProps) {
  const { by } = event
  const said = event.type === 'messageSent' || event.type === 'textHeld' ? event.data : null
  return (
    <li className="flex flex-col gap-1.5 py-3" data-testid="review-row">
      <p className="flex flex-wrap items-center gap-2 text-muted text-xs">
        <span className="font-medium">{by?.displayName}</span>
        {marks.map((mark) => (
          <Pill key={mark}>{mark}</Pill>
        ))}
      </p>
      {said?.picture && <ChatPicture picture={said.picture} name={by?.displayName ?? ''} />}
      {said?.text && <p className="whitespace-pre-wrap break-words text-sm">{said.text}</p>}
      <div className="flex gap-2">{children}</div>
    </li>
  )
}
