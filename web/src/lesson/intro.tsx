/** A lesson before one is inside: what it is about, when, by whom, and the way in. */
import { BookOpen, CalendarClock, Hourglass, LockKeyhole, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { BuyButton, PurchaseCard } from '../course/purchase-card.tsx'
import { useCourse } from '../course/use-course.ts'
import { fullMoment, timeOfDay, zoneName } from '../format.ts'
import { lengthText, momentText, roughDuration } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { LiveCover } from '../ui/live-cover.tsx'
import { LivePill, Pill } from '../ui/pills.tsx'
import { Attachments } from './attachments.tsx'
import { Countdown } from './countdown.tsx'
import { Neighbours } from './neighbours.tsx'
import { SoundCheck } from './sound-check.tsx'

type Props = { page: LessonPage; onEnter: (() => void) | undefined }

export function Intro({ page, onEnter }: Props) {
  const { t } = useTranslation()
  const { lesson } = page
  const running = lesson.status === 'live' || lesson.status === 'paused'
  return (
    <main className="mx-auto max-w-5xl px-4 pt-4 pb-16 sm:px-6 sm:pt-10">
      <div className="grid items-start gap-6 md:grid-cols-[1.1fr_1fr] md:gap-10">
        <LiveCover lesson={lesson} className="aspect-video w-full rounded-card" />
        <div className="flex min-w-0 flex-col items-start gap-3">
          {lesson.status === 'live' ? (
            <LivePill />
          ) : (
            <Pill tone={lesson.status === 'scheduled' ? 'quiet' : 'accent'}>{t(`status.${lesson.status}`)}</Pill>
          )}
          {lesson.course && (
            <Link
              to={`/courses/${lesson.course.id}`}
              className="inline-flex max-w-full items-center gap-1 rounded-control text-muted text-sm hover:text-text"
            >
              <BookOpen size={15} aria-hidden className="shrink-0" />
              <span className="truncate">{lesson.course.title}</span>
            </Link>
          )}
          <h1 className="display text-balance text-xl sm:text-2xl">{lesson.title}</h1>
          <Facts>
            <Fact icon={<UserRound size={16} />}>{t('lesson.by', { name: lesson.teacher.displayName })}</Fact>
            <Fact icon={<CalendarClock size={16} />}>
              <span title={fullMoment(lesson.startsAt)}>{momentText(lesson.startsAt, serverClock.now(), t)}</span>
              <span className="text-muted"> · {zoneName()}</span>
            </Fact>
            <Fact icon={<Hourglass size={16} />}>{lengthText(lesson.durationMinutes, t)}</Fact>
          </Facts>
          {!running && (
            <div className="w-full rounded-card bg-sunken px-5 py-4">
              <p className="mb-1 text-muted text-sm">{t('lesson.countdown')}</p>
              <Countdown until={lesson.startsAt} />
            </div>
          )}
          <WayIn page={page} running={running} onEnter={onEnter} />
        </div>
      </div>
      <section className="mt-10 max-w-2xl">
        <h2 className="display text-lg">{t('lesson.about')}</h2>
        <p className="mt-3 whitespace-pre-wrap break-words leading-relaxed">
          {lesson.description || <span className="text-muted">{t('lesson.noDescription')}</span>}
        </p>
        <Attachments files={page.attachments} />
        {lesson.course && <Neighbours previous={page.previous} next={page.next} courseId={lesson.course.id} />}
      </section>
    </main>
  )
}

type WayInProps = Props & { running: boolean }

function WayIn({ page: { lesson, role, access }, running, onEnter }: WayInProps) {
  const { t } = useTranslation()
  if (access.state === 'locked' && lesson.course && (role || !(lesson.free || lesson.trialSeconds > 0)))
    return (
      <PurchaseCard
        courseId={lesson.course.id}
        title={t('study.locked.title')}
        text={t('study.locked.text', { course: lesson.course.title })}
        icon={<LockKeyhole size={28} strokeWidth={1.5} />}
      />
    )
  if (!role) {
    const next = `/sign-in?${new URLSearchParams({ next: `/lessons/${lesson.id}` })}`
    return (
      <Link to={next} className={buttonClasses('primary', 'lg')} data-testid="sign-in-to-enter">
        {t(running ? 'lesson.signInToEnter' : 'lesson.signInFirst')}
      </Link>
    )
  }
  if (access.state === 'trial' && lesson.course) return <Trial lesson={lesson} onEnter={onEnter} />
  if (onEnter)
    return (
      <>
        <Button look="primary" size="lg" onClick={onEnter} data-testid="enter-early">
          {t('teaching.enterConsole')}
        </Button>
        <p className="text-muted text-sm">{t('lesson.teacherEarly')}</p>
      </>
    )
  return (
    <>
      <p className="text-muted text-sm">{t('lesson.lobbyOpens', { time: timeOfDay(lesson.lobbyOpensAt) })}</p>
      <SoundCheck />
    </>
  )
}

/** What may be tried begins when it is asked for, not by looking at the page. */
function Trial({ lesson, onEnter }: { lesson: LessonPage['lesson']; onEnter: (() => void) | undefined }) {
  const { t } = useTranslation()
  const { data } = useCourse(lesson.course?.id)
  const duration = roughDuration(lesson.trialSeconds * 1000, t)
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-2">
        {onEnter && (
          <Button look="quiet" size="lg" onClick={onEnter} data-testid="try-lesson">
            {t('trial.try', { duration })}
          </Button>
        )}
        {data && <BuyButton course={data.course} size="lg" withPrice />}
      </div>
      <p className="text-muted text-sm">{t(onEnter ? 'trial.hint' : 'trial.later', { duration })}</p>
    </div>
  )
}

const Facts = ({ children }: { children: ReactNode }) => <ul className="flex flex-col gap-1 text-sm">{children}</ul>

const Fact = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li className="flex items-center gap-2">
    <span className="text-muted" aria-hidden>
      {icon}
    </span>
    <span>{children}</span>
  </li>
)
