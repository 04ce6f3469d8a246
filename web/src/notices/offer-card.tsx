/** Something for sale, beside the class: what it is, what it costs now, and the checkout over what is there. */
import { ShoppingBag, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Offer, ShownOffer } from '../../../signaling/protocol/notices.ts'
import { CourseCover } from '../catalogue/course-cover.tsx'
import { PurchaseDialog } from '../checkout/purchase-dialog.tsx'
import { Button, buttonClasses, IconButton } from '../ui/button.tsx'
import { Price } from '../ui/price.tsx'
import { Skeleton } from '../ui/states.tsx'
import { type Offered, useOffered } from './use-offered.ts'

type Props = {
  shown: ShownOffer | null
  /** In the corner: staff take it down for everybody; without it, one hides it for oneself. */
  onTakeDown?: () => void
}

export function OfferCard({ shown, onTakeDown }: Props) {
  const { t } = useTranslation()
  const [hidden, setHidden] = useState<number | null>(null)
  if (!shown || hidden === shown.seq) return null
  return (
    <section
      aria-label={t('room.offer.title')}
      data-testid="offer-card"
      className="short:hidden border-b bg-surface px-4 py-2.5"
    >
      <OfferRow key={shown.seq} offer={shown.offer}>
        <IconButton
          small
          label={t(onTakeDown ? 'room.offer.takeDown' : 'room.offer.hide')}
          icon={<X size={16} />}
          onClick={onTakeDown ?? (() => setHidden(shown.seq))}
          data-testid="offer-hide"
          className="-me-2"
        />
      </OfferRow>
    </section>
  )
}

function OfferRow({ offer, children }: { offer: Offer; children: ReactNode }) {
  const { t } = useTranslation()
  const offered = useOffered(offer)
  if (offered === undefined) return <Skeleton className="h-14" />
  if (offered === null)
    return (
      <div className="flex items-center gap-3">
        <p className="min-w-0 flex-1 text-muted text-sm">{t('course.offSale')}</p>
        {children}
      </div>
    )
  return (
    <div className="flex animate-rise items-center gap-3">
      <OfferPicture offered={offered} />
      <div className="min-w-0 flex-1">
        <p className="line-clamp-2 break-words font-medium text-sm leading-snug" data-testid="offer-title">
          {offered.title}
        </p>
        <p className="text-sm">
          <Price fen={offered.priceFen} listFen={offered.listPriceFen} />
        </p>
      </div>
      <OfferAction offer={offer} offered={offered} />
      {children}
    </div>
  )
}

export function OfferPicture({ offered }: { offered: Pick<Offered, 'seed' | 'coverUrl'> }) {
  return (
    <CourseCover
      course={{ id: offered.seed, coverUrl: offered.coverUrl }}
      className="aspect-video h-12 shrink-0 rounded-control max-[23rem]:hidden"
    />
  )
}

function OfferAction({ offer, offered }: { offer: Offer; offered: Offered }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const buy = async () => {
    // Over a full screen nothing else can be shown.
    if (document.fullscreenElement) await document.exitFullscreen()
    setOpen(true)
  }
  return (
    <>
      {!offered.had ? (
        <Button look="primary" size="sm" onClick={() => void buy()} data-testid="offer-buy">
          <ShoppingBag size={14} aria-hidden />
          {t(offered.priceFen === 0 ? 'course.action.take' : 'purchase.buy')}
        </Button>
      ) : 'courseId' in offer ? (
        <Link
          to={`/courses/${offer.courseId}`}
          target="_blank"
          rel="noopener"
          className={buttonClasses('quiet', 'sm')}
          data-testid="offer-have"
        >
          {t('room.offer.open')}
        </Link>
      ) : (
        <span className="text-good text-xs" data-testid="offer-have">
          {t('room.offer.have')}
        </span>
      )}
      {/* It stays once it is paid, to say so. */}
      <PurchaseDialog {...offer} open={open} onClose={() => setOpen(false)} />
    </>
  )
}
