/** The line on top of a room: the way out, what class this is, how it goes. */
import { ChevronLeft, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { count } from '../format.ts'
import { PreferencesMenu } from '../layout/preferences-menu.tsx'
import { iconButtonClasses } from '../ui/button.tsx'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function RoomHeader({ children, end }: { children?: ReactNode; end?: ReactNode }) {
  const { t } = useTranslation()
  const { lesson } = useRoom()
  const back = lesson.course
    ? { to: `/courses/${lesson.course.id}`, label: t('study.backToCourse') }
    : { to: '/', label: t('nav.home') }
  return (
    <header className="theatre:hidden short:hidden flex h-12 shrink-0 items-center gap-2 border-b bg-page px-2 sm:h-14 sm:px-4">
      <Link to={back.to} aria-label={back.label} title={back.label} className={iconButtonClasses()}>
        <ChevronLeft size={20} />
      </Link>
      <h1 className="display min-w-0 truncate text-base sm:text-lg">{lesson.title}</h1>
      <div className="flex min-w-0 shrink-0 items-center gap-2 sm:ms-2 sm:gap-3">{children}</div>
      <span className="flex-1" />
      <span className="max-sm:hidden">{end}</span>
      <PreferencesMenu />
    </header>
  )
}

export function AudienceCount() {
  const { t } = useTranslation()
  const online = useStorePart(useRoom().classroom.room, (room) => room.online)
  return (
    <span
      className="tabular inline-flex shrink-0 items-center gap-1.5 text-muted text-sm"
      title={t('people', { count: online })}
      data-testid="audience-count"
      data-count={online}
    >
      <Users size={15} aria-hidden />
      <span aria-hidden>{count(online)}</span>
      <span className="sr-only">{t('people', { count: online })}</span>
    </span>
  )
}
