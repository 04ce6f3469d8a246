/** What surrounds the pages of operators: the way from one to the other, and nobody else. */
import { ShieldOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { Empty } from '../ui/states.tsx'
import { LinkTabs } from '../ui/tabs.tsx'

const places = ['orders', 'refunds', 'reconciliation', 'coupons', 'catalogue', 'users', 'node', 'audit'] as const
export type OperatorPlace = (typeof places)[number]

type Props = { place: OperatorPlace; action?: ReactNode; children: ReactNode }

export function OperatorFrame({ place, action, children }: Props) {
  const { t } = useTranslation()
  useTitle(t(`operator.place.${place}`))
  return (
    <SignedInOnly>
      {({ role }) =>
        role === 'operator' || role === 'admin' ? (
          <main className="mx-auto max-w-6xl px-4 pt-6 pb-16 sm:px-6 sm:pt-10">
            <LinkTabs
              label={t('operator.title')}
              tabs={places.map((name) => ({ to: `/operator/${name}`, name: t(`operator.place.${name}`) }))}
            />
            <div className="mt-6 mb-4 flex flex-wrap items-center justify-between gap-3">
              <h1 className="display text-xl">{t(`operator.place.${place}`)}</h1>
              {action}
            </div>
            {children}
          </main>
        ) : (
          <Empty
            icon={<ShieldOff size={32} strokeWidth={1.5} />}
            title={t('operator.notYours.title')}
            text={t('operator.notYours.text')}
          />
        )
      }
    </SignedInOnly>
  )
}
