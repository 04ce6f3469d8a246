/** One's own account: name, ways in, devices, one's data, and how the pages look. */
import { useTranslation } from 'react-i18next'
import type { Account } from '../../../src/users/schema.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { DevicesCard } from './devices-card.tsx'
import { DeletionCard, ExportCard } from './leaving-cards.tsx'
import { PasswordCard } from './password-card.tsx'
import { PhoneCard } from './phone-card.tsx'
import { LooksCard, ProfileCard } from './profile-cards.tsx'
import { useSignInWays } from './sign-in-ways.ts'
import { WechatCard } from './wechat-card.tsx'

export function AccountPage() {
  const { t } = useTranslation()
  useTitle(t('account.title'))
  return <SignedInOnly>{(account) => <Cards account={account} />}</SignedInOnly>
}

function Cards({ account }: { account: Account }) {
  const { t } = useTranslation()
  const { data: ways } = useSignInWays()
  return (
    <main className="mx-auto max-w-2xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl">{t('account.title')}</h1>
      <p className="mt-1 text-muted text-sm">
        {account.username} · {t(`roles.${account.role}`)}
      </p>
      <ProfileCard account={account} />
      <LooksCard />
      {(account.phone || ways?.phone) && <PhoneCard account={account} />}
      <PasswordCard key={String(account.hasPassword)} account={account} />
      <WechatCard account={account} ways={ways} />
      <DevicesCard />
      <ExportCard account={account} />
      <DeletionCard account={account} />
    </main>
  )
}
