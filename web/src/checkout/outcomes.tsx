/** How a purchase ends, or why there is none to make. */
import { CircleCheck, TimerOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Order, Quote } from '../../../src/orders/schema.ts'
import { dayOf } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'

const check = <CircleCheck size={40} strokeWidth={1.5} className="text-good" />

export function Unlocked({ order, onDone }: { order: Order | null; onDone: () => void }) {
  const { t } = useTranslation()
  const free = order?.payableFen === 0
  return (
    <div data-testid="unlocked" role="status">
      <Empty
        icon={check}
        title={order ? t('checkout.unlockedWhat', { title: order.title }) : t('checkout.unlocked')}
        text={t(free ? 'checkout.takenText' : 'checkout.unlockedText')}
      >
        <Button look="primary" data-testid="start" onClick={onDone}>
          {t('checkout.start')}
        </Button>
      </Empty>
    </div>
  )
}

export function AlreadyYours({ quote: { title, yours }, onDone }: { quote: Quote; onDone: () => void }) {
  const { t } = useTranslation()
  const until = yours?.endsAt ? t('checkout.yoursUntil', { day: dayOf(yours.endsAt) }) : t('checkout.yoursText')
  return (
    <div data-testid="already-yours">
      <Empty icon={check} title={t('checkout.yours', { title })} text={until}>
        <Button look="primary" onClick={onDone}>
          {t('checkout.start')}
        </Button>
      </Empty>
    </div>
  )
}

export function ClosedOrder({ onAgain }: { onAgain: () => void }) {
  const { t } = useTranslation()
  return (
    <Empty icon={<TimerOff size={36} strokeWidth={1.5} />} title={t('checkout.closed')} text={t('checkout.closedText')}>
      <Button look="primary" onClick={onAgain}>
        {t('checkout.again')}
      </Button>
    </Empty>
  )
}
