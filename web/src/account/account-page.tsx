/** One's own account: name, password, devices, and how the pages look. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { MonitorSmartphone } from 'lucide-react'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Session as Device, User } from '../../../src/users/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { fullMoment } from '../format.ts'
import { currentLanguage, type Language, languages, setLanguage } from '../i18n/i18n.ts'
import { useErrorText } from '../i18n/texts.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { SignedInOnly } from '../layout/signed-in-only.tsx'
import { setTheme, type Theme, theme, themes } from '../preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, PasswordField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { Pill } from '../ui/pills.tsx'
import { Select } from '../ui/select.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { deviceNameOf } from './device-name.ts'

export function AccountPage() {
  const { t } = useTranslation()
  useTitle(t('account.title'))
  return <SignedInOnly>{(user) => <Account user={user} />}</SignedInOnly>
}

function Account({ user }: { user: User }) {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-2xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl">{t('account.title')}</h1>
      <p className="mt-1 text-muted text-sm">
        {user.username} · {t(`roles.${user.role}`)}
      </p>
      <Profile user={user} />
      <Looks />
      <Password />
      <Devices />
    </main>
  )
}

function Card({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="mt-6 rounded-card border bg-surface p-5 sm:p-6">
      <h2 className="font-semibold">{title}</h2>
      {lead && <p className="mt-0.5 text-muted text-sm">{lead}</p>}
      <div className="mt-4">{children}</div>
    </section>
  )
}

function Profile({ user }: { user: User }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const rename = useMutation({ mutationFn: api.rename, onSuccess: () => tell(t('actions.saved')) })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('displayName')).trim()
    if (name) rename.mutate(name)
  }
  return (
    <Card title={t('account.profile')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          name="displayName"
          label={t('account.displayName')}
          hint={t('account.displayNameHint')}
          defaultValue={user.displayName}
          maxLength={40}
          required
          autoComplete="nickname"
          error={rename.error ? textOf(rename.error) : undefined}
        />
        <Button type="submit" busy={rename.isPending} className="self-start">
          {t('actions.save')}
        </Button>
      </form>
    </Card>
  )
}

function Looks() {
  const { t } = useTranslation()
  const chosen = useStore(theme)
  return (
    <Card title={t('account.preferences')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t('nav.language')}
          value={currentLanguage()}
          onChange={({ target }) => void setLanguage(target.value as Language)}
        >
          {Object.entries(languages).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </Select>
        <Select label={t('nav.theme')} value={chosen} onChange={({ target }) => setTheme(target.value as Theme)}>
          {themes.map((value) => (
            <option key={value} value={value}>
              {t(`theme.${value}`)}
            </option>
          ))}
        </Select>
      </div>
    </Card>
  )
}

function Password() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [short, setShort] = useState(false)
  const change = useMutation({ mutationFn: api.changePassword })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const { currentPassword, newPassword } = Object.fromEntries(new FormData(form)) as Record<string, string>
    const tooShort = (newPassword ?? '').length < 8
    setShort(tooShort)
    if (tooShort || !currentPassword || !newPassword) return
    change.mutate(
      { currentPassword, newPassword },
      {
        onSuccess: () => {
          form.reset()
          tell(t('account.passwordChanged'))
        },
      },
    )
  }
  const wrong = change.error && codeOf(change.error) === 'wrong_credentials'
  return (
    <Card title={t('account.security')}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <PasswordField
          name="currentPassword"
          label={t('account.currentPassword')}
          autoComplete="current-password"
          required
          error={wrong ? textOf(change.error) : undefined}
        />
        <PasswordField
          name="newPassword"
          label={t('account.newPassword')}
          hint={t('account.passwordHint')}
          autoComplete="new-password"
          required
          maxLength={200}
          error={short ? t('account.passwordShort') : change.error && !wrong ? textOf(change.error) : undefined}
        />
        <Button type="submit" busy={change.isPending} className="self-start">
          {t('account.changePassword')}
        </Button>
      </form>
    </Card>
  )
}

function Devices() {
  const { t } = useTranslation()
  const devices = useQuery({ queryKey: ['devices'], queryFn: api.devices })
  return (
    <Card title={t('account.devices')} lead={t('account.devicesLead')}>
      {devices.isPending ? (
        <Skeleton className="h-16" />
      ) : devices.error ? (
        <Failed error={devices.error} onRetry={() => void devices.refetch()} />
      ) : (
        <ul className="divide-y">
          {devices.data.sessions.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function DeviceRow({ device }: { device: Device }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => api.signOutDevice(device.id),
    onSuccess: () => tell(t('account.deviceSignedOut')),
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
