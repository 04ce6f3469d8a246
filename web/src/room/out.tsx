/** One is out of the classroom: why, and the way on. */
import { DoorOpen, LockKeyhole } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { closeReasons } from '../../../signaling/protocol/errors.ts'
import { isUnpaid, type OutReason } from '../classroom/connection.ts'
import { PurchaseCard } from '../course/purchase-card.tsx'
import { isErrorTextCode } from '../i18n/texts.ts'
import { PageFrame } from '../layout/page-frame.tsx'
import { Button, buttonClasses } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'
import { useRoom } from './classroom-context.ts'

const isCloseReason = (reason: string): reason is keyof typeof closeReasons => reason in closeReasons

/** Coming back would only be refused again; whoever was sent out may be let in again. */
const final: ReadonlySet<OutReason> = new Set(['banned', 'not_entitled', 'forbidden', 'not_found', 'lesson_ended'])

export function Out({ reason, onOver }: { reason: OutReason; onOver: () => void }) {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const signedOut = reason === 'signed_out' || reason === 'unauthorized'
  const text = isCloseReason(reason)
    ? t(`closeReasons.${reason}`)
    : isErrorTextCode(reason, t)
      ? t(`errors.${reason}`)
      : undefined
  if (isUnpaid(reason) && lesson.course) return <Unpaid reason={reason} course={lesson.course} />
  const next = `/sign-in?${new URLSearchParams({ next: `/lessons/${lesson.id}` })}`
  return (
    <PageFrame>
      <main data-testid="room-out" data-reason={reason} className="flex min-h-[60dvh] items-center justify-center">
        <Empty
          icon={<DoorOpen size={36} strokeWidth={1.5} />}
          title={t('room.connection.outTitle')}
          text={text && (reason === 'room_full' ? `${text}${t('room.connection.roomFull')}` : text)}
        >
          <div className="flex flex-wrap justify-center gap-2">
            {signedOut ? (
              <Link to={next} className={buttonClasses('primary')}>
                {t('room.connection.signIn')}
              </Link>
            ) : (
              !final.has(reason) && (
                <Button
                  look="primary"
                  data-testid="come-back"
                  onClick={() => (reason === 'not_open_yet' ? onOver() : classroom.comeBack())}
                >
                  {t(reason === 'opened_elsewhere' ? 'room.connection.useHere' : 'room.connection.tryAgain')}
                </Button>
              )
            )}
            <Link to="/" className={buttonClasses('quiet')}>
              {t('room.connection.home')}
            </Link>
          </div>
        </Empty>
      </main>
    </PageFrame>
  )
}

/** Nothing was seen yet: there is no picture to stay with. */
function Unpaid({ reason, course }: { reason: OutReason; course: { id: string } }) {
  const { t } = useTranslation()
  const why = reason === 'trial_ended' ? 'over' : 'locked'
  return (
    <PageFrame>
      <main
        data-testid="room-out"
        data-reason={reason}
        className="flex min-h-[60dvh] items-center justify-center px-4 py-10"
      >
        <PurchaseCard
          courseId={course.id}
          title={t(`trial.out.${why}.title`)}
          text={t(`trial.out.${why}.text`)}
          icon={<LockKeyhole size={32} strokeWidth={1.5} />}
        />
      </main>
    </PageFrame>
  )
}
