/** Operators: accounts, found by name or phone, banned and let in again; admins change what they are. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { MoreHorizontal, Users } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type AccountRole, accountRoles, type ManagedUser } from '../api/accounts.ts'
import { session } from '../api/api.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { IconButton } from '../ui/button.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { tell } from '../ui/notes.ts'
import { Paged } from '../ui/paged.tsx'
import { Pill } from '../ui/pills.tsx'
import { Empty } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { FilterTabs, useFilter } from '../ui/tabs.tsx'
import { useStore } from '../use-store.ts'
import { BanDialog } from './ban-dialog.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { SearchBox, useSearch } from './search-box.tsx'

const filters = ['all', 'banned', 'leaving'] as const

/** A whole phone number is looked for by itself: parts of it cannot be found, since phones are kept encrypted. */
const isPhone = (text: string) => /^\+?[\d\s-]{8,20}$/.test(text) && text.replace(/\D/g, '').length >= 8

export function OperatorUsersPage() {
  const { t } = useTranslation()
  const [filter] = useFilter(filters)
  const search = useSearch()
  const [phone, setPhone] = useState('')
  const pages = usePages(['operator', 'users', filter, search, phone], async (after) => {
    if (phone) {
      const { user } = await operatorApi.userByPhone(phone)
      return { items: user ? [user] : [], next: null }
    }
    const { users, next } = await operatorApi.users({ search, state: filter === 'all' ? undefined : filter, after })
    return { items: users, next }
  })
  const columns: Column<ManagedUser>[] = [
    {
      name: t('operator.users.name'),
      place: 'title',
      cell: ({ displayName, username }) => (
        <>
          {displayName} <span className="font-normal text-muted text-xs">{username}</span>
        </>
      ),
    },
    { name: t('operator.users.phone'), cell: ({ phone }) => phone && <span className="tabular">{phone}</span> },
    { name: t('operator.users.role'), cell: ({ role }) => t(`roles.${role}`) },
    { name: t('operator.users.since'), figures: true, cell: ({ createdAt }) => fullMoment(createdAt) },
    { name: t('operator.column.status'), figures: true, cell: (user) => <State user={user} /> },
    { name: t('operator.users.actions'), figures: true, place: 'corner', cell: (user) => <Actions user={user} /> },
  ]
  return (
    <OperatorFrame
      place="users"
      action={<SearchBox label={t('operator.users.search')} secret={{ is: isPhone, tell: setPhone }} />}
    >
      <div className="mb-4">
        <FilterTabs
          label={t('orders.filterLabel')}
          filters={filters}
          nameOf={(name) => t(`operator.users.filter.${name}`)}
        />
      </div>
      <Paged
        pages={pages}
        empty={<Empty small icon={<Users size={28} strokeWidth={1.5} />} title={t('operator.users.none')} />}
      >
        {(list) => <Table label={t('operator.place.users')} columns={columns} rows={list} keyOf={({ id }) => id} />}
      </Paged>
    </OperatorFrame>
  )
}

function State({ user: { bannedAt, banReason, deletionDueAt } }: { user: ManagedUser }) {
  const { t } = useTranslation()
  if (bannedAt !== null)
    return (
      <>
        <Pill tone="accent">{t('operator.users.banned')}</Pill>
        {banReason && <span className="block max-w-56 whitespace-normal text-muted text-xs">{banReason}</span>}
      </>
    )
  if (deletionDueAt !== null) return <Pill>{t('operator.users.leaving', { time: fullMoment(deletionDueAt) })}</Pill>
  return <Pill tone="good">{t('operator.users.active')}</Pill>
}

function Actions({ user }: { user: ManagedUser }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const { user: self } = useStore(session.view)
  const [banning, setBanning] = useState(false)
  const act = useMutation({
    mutationFn: (change: { role: AccountRole } | 'unban') =>
      change === 'unban' ? operatorApi.unban(user.id) : operatorApi.setRole(user.id, change.role),
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['operator', 'users'] }),
    onError: (error) => tell(textOf(error)),
  })
  if (self?.id === user.id) return null
  return (
    <>
      <Menu
        trigger={
          <IconButton
            small
            label={`${t('operator.users.actions')} ${user.displayName}`}
            icon={<MoreHorizontal size={18} />}
            data-testid="user-actions"
          />
        }
      >
        {user.bannedAt === null ? (
          <MenuItem onSelect={() => setBanning(true)} testId="ban-user">
            {t('operator.users.ban')}
          </MenuItem>
        ) : (
          <MenuItem onSelect={() => act.mutate('unban')}>{t('operator.users.unban')}</MenuItem>
        )}
        {self?.role === 'admin' &&
          accountRoles
            .filter((role) => role !== user.role)
            .map((role) => (
              <MenuItem key={role} onSelect={() => act.mutate({ role })}>
                {t('operator.users.make', { role: t(`roles.${role}`) })}
              </MenuItem>
            ))}
      </Menu>
      {banning && <BanDialog user={user} onClose={() => setBanning(false)} />}
    </>
  )
}
