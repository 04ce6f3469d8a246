/** Where one is signed in, and the way to end that. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Session as Device } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { fullMoment } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { tell } from '../ui/notes.ts'
import { Pill } from '../ui/pills.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { Card } from './card.tsx'
import { deviceNameOf } from './device-name.ts'

export function DevicesCard() {
  const { t } = useTranslation()
  const devices = useQuery({ queryKey: ['devices'], queryFn: api.devices })
  const list = devices.data?.sessions ?? []
  return (
    <Card title={t('account.devices')} lead={t('account.devicesLead')}>
      {devices.isPending ? (
        <Skeleton className="h-16" />
      ) : devices.error ? (
        <Failed error={devices.error} onRetry={() => void devices.refetch()} />
      ) : (
        <>
          <ul className="divide-y">
            {list.map((device) => (
              <DeviceRow key={device.id} device={device} />
            ))}
          </ul>
          {list.length > 1 && <SignOutOthers />}
        </>
      )}
    </Card>
  )
}

function SignOutOthers() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const signOut = useMutation({
    mutationFn: api.signOutOthers,
    onSuccess: () => tell(t('me.othersSignedOut')),
    onError: (error) => tell(textOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['devices'] }),
  })
  return (
    <Button className="mt-4" data-testid="sign-out-others" busy={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('me.signOutOthers')}
    </Button>
  )
}

function DeviceRow({ device }: { device: Device }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => api.signOutDevice(device.id),
    onSuccess: () => tell(t('account.deviceSignedOut')),
    onError: (error) => tell(textOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['devices'] }),
  })
  return (
    <li className="flex flex-wrap items-center gap-3 py-3 first:pt-0 last:pb-0">
      <MonitorSmartphone size={20} strokeWidth={1.5} className="text-muted" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm" title={device.userAgent}>
          {deviceNameOf(device.userAgent, t)}
        </p>
        <p className="tabular text-muted text-xs">{t('account.lastUsed', { time: fullMoment(device.lastUsedAt) })}</p>
      </div>
      {device.current ? (
        <Pill tone="good">{t('account.thisDevice')}</Pill>
      ) : (
        <Button size="sm" busy={signOut.isPending} onClick={() => signOut.mutate()}>
          {t('account.signOutDevice')}
        </Button>
      )}
    </li>
  )
}
