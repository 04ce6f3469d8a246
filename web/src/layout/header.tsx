/** The line on top of every page: where one is, who one is. */
import {
  BookOpen,
  ChartNoAxesColumn,
  House,
  LibraryBig,
  LogOut,
  Menu as MenuIcon,
  Presentation,
  ReceiptText,
  SlidersHorizontal,
  Ticket,
  UserRound,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, useLocation, useNavigate } from 'react-router'
import type { AccountRole } from '../../../src/users/schema.ts'
import { api, session } from '../api/api.ts'
import { Avatar } from '../ui/avatar.tsx'
import { buttonClasses, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { PreferencesMenu } from './preferences-menu.tsx'

type Place = { to: string; label: string; icon: ReactNode; end?: boolean }

/** Where one can go from everywhere, on a wide screen in a line, on a phone in a menu. */
function usePlaces(): Place[] {
  const { t } = useTranslation()
  const { user } = useStore(session.view)
  const places: (Place | false)[] = [
    { to: '/', label: t('nav.home'), icon: <House size={16} />, end: true },
    { to: '/courses', label: t('nav.courses'), icon: <LibraryBig size={16} /> },
    { to: '/membership', label: t('nav.membership'), icon: <Ticket size={16} /> },
    user !== null && { to: '/learning', label: t('nav.learning'), icon: <BookOpen size={16} /> },
    user !== null &&
      user.role !== 'student' && { to: '/teaching', label: t('nav.teaching'), icon: <Presentation size={16} /> },
  ]
  return places.filter((place) => place !== false)
}

export function Header() {
  const { t } = useTranslation()
  const places = usePlaces()
  const tab = ({ isActive }: { isActive: boolean }) =>
    classes(
      'whitespace-nowrap rounded-control px-3 py-1.5 text-sm transition-colors duration-150 hover:text-text',
      isActive ? 'font-medium text-text' : 'text-muted',
    )
  return (
    <header className="sticky top-0 z-30 border-b bg-page">
      <a
        href="#main"
        className="absolute start-2 top-2 z-50 -translate-y-16 rounded-control bg-ink px-3 py-2 text-on-ink text-sm focus:translate-y-0"
      >
        {t('nav.skip')}
      </a>
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-2 sm:gap-2 sm:px-6">
        <PhoneMenu places={places} />
        <Link to="/" className="flex items-center gap-2.5 rounded-control sm:me-6">
          <Mark />
          <span className="display text-lg tracking-wide">{t('app.name')}</span>
        </Link>
        <nav aria-label={t('nav.menu')} className="flex flex-1 items-center gap-1">
          <span className="hidden md:contents">
            {places.map(({ to, label, end = false }) => (
              <NavLink key={to} to={to} end={end} className={tab}>
                {label}
              </NavLink>
            ))}
          </span>
        </nav>
        <PreferencesMenu />
        <Self />
      </div>
    </header>
  )
}

function PhoneMenu({ places }: { places: Place[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <span className="contents md:hidden">
      <Menu
        align="start"
        trigger={<IconButton label={t('nav.menu')} icon={<MenuIcon size={20} />} data-testid="phone-menu" />}
      >
        {places.map(({ to, label, icon }) => (
          <MenuItem key={to} icon={icon} onSelect={() => navigate(to)}>
            {label}
          </MenuItem>
        ))}
      </Menu>
    </span>
  )
}

const operates = (role: AccountRole) => role === 'operator' || role === 'admin'

/** One's own pages; assistants of a class have accounts of students. */
const ownPlaces = (role: AccountRole) => [
  { to: '/learning', name: 'nav.learning', Icon: BookOpen } as const,
  { to: '/orders', name: 'orders.title', Icon: ReceiptText } as const,
  { to: '/teaching', name: 'nav.teaching', Icon: Presentation } as const,
  ...(role === 'teacher' ? [{ to: '/teaching/sales', name: 'sales.title', Icon: ChartNoAxesColumn } as const] : []),
  ...(operates(role) ? [{ to: '/operator', name: 'operator.title', Icon: SlidersHorizontal } as const] : []),
]

const Mark = () => <img src="/favicon.svg" alt="" width={28} height={28} />

function Self() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { pathname, search } = useLocation()
  const { status, user } = useStore(session.view)
  if (status === 'unknown') return <Skeleton className="size-9 rounded-full" />
  if (!user) {
    const next = pathname.startsWith('/sign-') ? search : `?${new URLSearchParams({ next: pathname })}`
    return (
      <Link to={`/sign-in${pathname === '/' ? '' : next}`} className={buttonClasses('ink')}>
        {t('nav.signIn')}
      </Link>
    )
  }
  return (
    <Menu
      trigger={
        <button type="button" className="rounded-full" aria-label={t('nav.menu')} data-testid="user-menu">
          <Avatar name={user.displayName} />
        </button>
      }
    >
      <div className="px-3 py-2">
        <p className="max-w-56 truncate font-medium">{user.displayName}</p>
        <p className="text-muted text-xs">
          {user.username} · {t(`roles.${user.role}`)}
        </p>
      </div>
      <MenuLine />
      {ownPlaces(user.role).map(({ to, name, Icon }) => (
        <MenuItem key={to} icon={<Icon size={16} />} onSelect={() => navigate(to)}>
          {t(name)}
        </MenuItem>
      ))}
      <MenuItem icon={<UserRound size={16} />} onSelect={() => navigate('/account')}>
        {t('nav.account')}
      </MenuItem>
      <MenuLine />
      <MenuItem icon={<LogOut size={16} />} onSelect={() => void api.signOut()} testId="sign-out">
        {t('nav.signOut')}
      </MenuItem>
    </Menu>
  )
}
