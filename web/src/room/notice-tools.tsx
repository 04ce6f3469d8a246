/** What staff put before everybody's eyes: the buttons, and what they open. */
import { useQuery } from '@tanstack/react-query'
import { Megaphone, ShoppingBag } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { Offer } from '../../../signaling/protocol/notices.ts'
import { api } from '../api/api.ts'
import { usePlans } from '../membership/use-plans.ts'
import { OfferPicture } from '../notices/offer-card.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { inputClasses } from '../ui/field.tsx'
import { Price } from '../ui/price.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useAct } from './use-act.ts'

export function NoticeTools() {
  const { t } = useTranslation()
  const [open, setOpen] = useState<'announcement' | 'offer' | null>(null)
  const close = () => setOpen(null)
  return (
    <>
      <Chip icon={<Megaphone size={14} aria-hidden />} onClick={() => setOpen('announcement')} testId="announce">
        {t('room.announcement.title')}
      </Chip>
      <Chip icon={<ShoppingBag size={14} aria-hidden />} onClick={() => setOpen('offer')} testId="offer-open">
        {t('room.offer.title')}
      </Chip>
      {open === 'announcement' && <AnnounceDialog onClose={close} />}
      {open === 'offer' && <OfferDialog onClose={close} />}
    </>
  )
}

type ChipProps = { icon: ReactNode; children: ReactNode; onClick: () => void; testId: string }

const Chip = ({ icon, children, onClick, testId }: ChipProps) => (
  <button
    type="button"
    onClick={onClick}
    data-testid={testId}
    className="inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border px-2.5 text-muted text-xs transition-colors duration-150 hover:text-text"
  >
    {icon}
    {children}
  </button>
)

function AnnounceDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { notices } = useRoom().classroom
  const standing = useStorePart(notices.view, ({ announcement }) => announcement?.text ?? '')
  const [text, setText] = useState(standing)
  const announce = async (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() && (await act(() => notices.announce(text.trim())))) onClose()
  }
  return (
    <Dialog open onClose={onClose} title={t('room.announcement.title')} text={t('room.announcement.lead')}>
      <form onSubmit={(event) => void announce(event)} className="flex flex-col gap-3">
        <textarea
          rows={4}
          value={text}
          onChange={({ target }) => setText(target.value)}
          maxLength={limits.announcementLength}
          aria-label={t('room.announcement.text')}
          placeholder={t('room.announcement.placeholder')}
          data-testid="announcement-text"
          className={`${inputClasses()} resize-none py-2 leading-normal`}
        />
        <Button
          type="submit"
          look="primary"
          disabled={!text.trim()}
          className="self-end"
          data-testid="announcement-send"
        >
          {t('room.announcement.send')}
        </Button>
      </form>
    </Dialog>
  )
}

function OfferDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson } = useRoom()
  const teacher = lesson.teacher.id
  const courses = useQuery({ queryKey: ['courses-of', teacher], queryFn: () => api.courses({ teacher }) })
  const plans = usePlans()
  const show = async (offer: Offer) => {
    if (await act(() => classroom.notices.showOffer(offer))) onClose()
  }
  const ofCourses = courses.data?.courses ?? []
  const ofPlans = plans.data?.plans.filter(({ onSale }) => onSale) ?? []
  const error = courses.error ?? plans.error
  const retry = () => {
    void courses.refetch()
    void plans.refetch()
  }
  return (
    <Dialog open onClose={onClose} title={t('room.offer.title')} text={t('room.offer.lead')}>
      {error ? (
        <Failed error={error} onRetry={retry} />
      ) : courses.isPending || plans.isPending ? (
        <div className="flex flex-col gap-3">
          <Skeleton className="h-14" />
          <Skeleton className="h-14" />
        </div>
      ) : ofCourses.length + ofPlans.length === 0 ? (
        <Empty small icon={<ShoppingBag size={28} strokeWidth={1.5} />} title={t('room.offer.none')} />
      ) : (
        <ul className="divide-y">
          {ofCourses.map(({ id, coverUrl, ...sold }) => (
            <Choice key={id} {...sold} seed={id} coverUrl={coverUrl} onShow={() => void show({ courseId: id })} />
          ))}
          {ofPlans.map(({ id, ...sold }) => (
            <Choice key={id} {...sold} seed={id} coverUrl={null} onShow={() => void show({ planId: id })} />
          ))}
        </ul>
      )}
    </Dialog>
  )
}

type ChoiceProps = {
  title: string
  priceFen: number
  listPriceFen: number | null
  seed: string
  coverUrl: string | null
  onShow: () => void
}

function Choice({ title, priceFen, listPriceFen, seed, coverUrl, onShow }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <li className="flex items-center gap-3 py-2.5" data-testid={`offer-${seed}`}>
      <OfferPicture offered={{ seed, coverUrl }} />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">{title}</p>
        <Price fen={priceFen} listFen={listPriceFen} />
      </div>
      <Button size="sm" onClick={onShow} aria-label={t('room.offer.showThis', { title })}>
        {t('room.offer.show')}
      </Button>
    </li>
  )
}
