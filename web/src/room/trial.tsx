/** A trial over the stage: how long it still runs, and the way on once it is over or the right is gone. */
import { Hourglass, LockKeyhole } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { isUnpaid } from '../classroom/connection.ts'
import { trialEndOf } from '../classroom/trial.ts'
import { BuyButton, PurchaseCard } from '../course/purchase-card.tsx'
import { useCourse } from '../course/use-course.ts'
import { clockTime } from '../format.ts'
import { roughDuration } from '../i18n/texts.ts'
import { classes } from '../ui/classes.ts'
import { tell } from '../ui/notes.ts'
import { useNow } from '../use-now.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

const NEARLY_MS = 15_000

/** Small enough to leave the picture alone, with the way to buy at hand. */
export function TrialClock() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const trial = useStore(classroom.trial)
  const startedAt = useStorePart(classroom.room, (room) => room.startedAt)
  const now = useNow()
  const courseId = lesson.course?.id
  const { data } = useCourse(trial ? courseId : undefined)
  if (!trial || !courseId) return null
  const endsAt = trialEndOf(trial, startedAt)
  const left = endsAt === null ? null : Math.max(0, endsAt - now)
  return (
    <div
      data-testid="trial-clock"
      className="flex animate-fade items-center gap-2 rounded-full bg-stage-veil py-1 ps-3 pe-1 text-on-stage text-xs"
    >
      <Hourglass size={13} aria-hidden className="max-sm:hidden" />
      <span role="timer" className={classes('tabular', left !== null && left < NEARLY_MS && 'text-stage-accent')}>
        {left === null
          ? t('trial.before', { duration: roughDuration(trial.seconds * 1000, t) })
          : t('trial.left', { time: clockTime(left) })}
      </span>
      {data && <BuyButton course={data.course} size="sm" />}
    </div>
  )
}

/** True while one is out for want of a right, and would be in with it. */
export function useLocked(): boolean {
  const { classroom } = useRoom()
  return useStorePart(classroom.connection.view, ({ phase, reason }) => phase === 'out' && isUnpaid(reason))
}

/** Over the last picture, where the trial is over or the right was taken back. */
export function LockedVeil() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const reason = useStorePart(classroom.connection.view, (view) => view.reason)
  const locked = useLocked()
  const onTrial = useStorePart(classroom.trial, (trial) => trial !== null)
  useTellUnlocked(onTrial || locked)
  if (!locked || !lesson.course) return null
  const why = reason === 'trial_ended' ? 'over' : 'revoked'
  return (
    <div
      role="alert"
      data-testid="stage-locked"
      data-reason={reason}
      className="absolute inset-0 z-10 flex animate-fade items-center justify-center overflow-y-auto bg-stage-veil"
    >
      <PurchaseCard
        onStage
        courseId={lesson.course.id}
        title={t(`trial.out.${why}.title`)}
        text={t(`trial.out.${why}.text`)}
        icon={<LockKeyhole size={26} strokeWidth={1.5} />}
      />
    </div>
  )
}

/** Says so once when what was limited is open. */
function useTellUnlocked(limited: boolean) {
  const { t } = useTranslation()
  const before = useRef(false)
  const { classroom } = useRoom()
  const connected = useStorePart(classroom.connection.view, ({ phase }) => phase === 'connected')
  useEffect(() => {
    if (connected && before.current && !limited) tell(t('trial.unlocked'))
    if (connected || limited) before.current = limited
  }, [limited, connected, t])
}
