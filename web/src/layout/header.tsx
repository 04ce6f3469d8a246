/** The line on top of every page: where one is, who one is. */
import { GraduationCap, LogOut, Presentation, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, NavLink, useLocation, useNavigate } from 'react-router'
import { api, session } from '../api/api.ts'
import { Avatar } from '../ui/avatar.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { PreferencesMenu } from './preferences-menu.tsx'

export function Header() {
  const { t } = useTranslation()
  const { status } = useStore(session.view)
  const tab = ({ isActive }: { isActive: boolean }) =>
    classes(
      'rounded-control px-3 py-1.5 text-sm transition-colors duration-150 hover:text-text',
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
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-2 px-4 sm:px-6">
        <Link to="/" className="me-2 flex items-center gap-2.5 rounded-control sm:me-6">
          <Mark />
          <span className="display text-lg tracking-wide">{t('app.name')}</span>
        </Link>
        <nav className="flex flex-1 items-center gap-1">
          <span className="hidden sm:contents">
            <NavLink to="/" end className={tab}>
              {t('nav.home')}
            </NavLink>
            {status === 'signed_in' && (
              <NavLink to="/teaching" className={tab}>
                {t('nav.teaching')}
              </NavLink>
            )}
          </span>
        </nav>
        <PreferencesMenu />
        <Self />
      </div>
    </header>
  )
}

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
      <MenuItem icon={<GraduationCap size={16} />} onSelect={() => navigate('/')}>
        {t('nav.home')}
      </MenuItem>
      <MenuItem icon={<Presentation size={16} />} onSelect={() => navigate('/teaching')}>
        {t('nav.teaching')}
      </MenuItem>
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
