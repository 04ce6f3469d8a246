/** The line on top of a room: the way out, what class this is, how it goes. */
import { ChevronLeft, RadioTower, Users } from 'lucide-react'
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

/** How many are in the room, and how many of all watch the broadcast, where somebody does. */
export function AudienceCount() {
  const { t } = useTranslation()
  const { room } = useRoom().classroom
  const online = useStorePart(room, (view) => view.online)
  const viewers = useStorePart(room, (view) => view.broadcastViewers)
  return (
    <>
      <Count icon={<Users size={15} aria-hidden />} text={t('people', { count: online })} value={online} />
      {viewers > 0 && (
        <Count
          icon={<RadioTower size={15} aria-hidden />}
          text={t('viewers', { count: viewers })}
          value={viewers}
          testId="viewer-count"
        />
      )}
    </>
  )
}

type CountProps = { icon: ReactNode; text: string; value: number; testId?: string }

function Count({ icon, text, value, testId = 'audience-count' }: CountProps) {
  return (
    <span
      className="tabular inline-flex shrink-0 items-center gap-1.5 text-muted text-sm"
      title={text}
      data-testid={testId}
      data-count={value}
    >
      {icon}
      <span aria-hidden>{count(value)}</span>
      <span className="sr-only">{text}</span>
    </span>
  )
}
