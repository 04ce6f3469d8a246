/** The room as students see it; assistants have the staff's rail beside the same picture. */
import { MessageCircle, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import { AskedOverStage } from '../polls/student-asked.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { tell } from '../ui/notes.ts'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { ConfirmProvider } from './confirm.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { FloorDialog } from './floor-check.tsx'
import { HandButton } from './hand.tsx'
import type { RailTab } from './rail-tabs.tsx'
import { ReactionBar } from './reaction-bar.tsx'
import { AudienceCount, RoomHeader } from './room-header.tsx'
import { StaffRail } from './staff-rail.tsx'
import { Stage } from './stage.tsx'
import { StudentRail } from './student-rail.tsx'
import { Tiles } from './tiles.tsx'
import { useLocked } from './trial.tsx'
import { useRoomHeight } from './use-room-height.ts'

export function StudentRoom() {
  const { t } = useTranslation()
  const { isStaff } = useRoom()
  const [railOpen, setRailOpen] = useState(false)
  const [tab, setTab] = useState<RailTab>('chat')
  const locked = useLocked()
  useNoticeFloorTaken()
  return (
    <ConfirmProvider>
      <div {...useRoomHeight()} className="group/room flex flex-col overflow-hidden bg-page" data-testid="room">
        <RoomHeader>
          <Timer />
          <AudienceCount />
        </RoomHeader>
        <ConnectionBanner />
        <main className="flex min-h-0 flex-1 flex-col lg:flex-row lg:gap-4 lg:p-4">
          <div className="theatre:h-full flex shrink-0 flex-col lg:min-w-0 lg:flex-1 lg:shrink">
            <div className="theatre:aspect-auto theatre:h-full short:h-32 short:w-full relative aspect-video w-full lg:aspect-auto lg:min-h-0 lg:flex-1">
              <Stage />
              {!isStaff && !locked && <AskedOverStage />}
              <div className="theatre:block absolute end-2 top-2 hidden">
                <IconButton
                  look="stage"
                  label={t('room.stage.showRail')}
                  icon={<MessageCircle size={20} />}
                  onClick={() => setRailOpen(true)}
                  className="bg-stage-veil"
                />
              </div>
            </div>
            <div className="theatre:hidden short:hidden">
              <Tiles beside />
            </div>
            <InfoLine />
          </div>
          <aside
            aria-label={t('room.tabs.label')}
            className={classes(
              'flex min-h-0 flex-1 flex-col overflow-hidden border-t bg-surface lg:w-88 lg:flex-none lg:rounded-card lg:border',
              'theatre:fixed theatre:inset-y-0 theatre:end-0 theatre:z-20 theatre:w-80 theatre:shadow-raised',
              !railOpen && 'theatre:hidden',
            )}
          >
            <div className="theatre:flex hidden items-center justify-between p-2">
              {isStaff || locked ? <span /> : <HandButton />}
              {!locked && <ReactionBar />}
              <IconButton
                small
                label={t('room.stage.hideRail')}
                icon={<X size={18} />}
                onClick={() => setRailOpen(false)}
              />
            </div>
            {isStaff ? <StaffRail tab={tab} onTab={setTab} /> : <StudentRail />}
          </aside>
        </main>
        <FloorDialog />
      </div>
    </ConfirmProvider>
  )
}

function Timer() {
  const { t } = useTranslation()
  const { status, startedAt } = useStore(useRoom().classroom.room)
  const now = useNow()
  if (status === 'paused') return <Pill>{t('status.paused')}</Pill>
  if (status !== 'live' || startedAt === null) return null
  return (
    <LivePill>
      <time className="max-sm:hidden">{clockTime(now - startedAt)}</time>
    </LivePill>
  )
}

function InfoLine() {
  const { t } = useTranslation()
  const { lesson, isStaff } = useRoom()
  const locked = useLocked()
  return (
    <div className="theatre:hidden short:hidden flex items-center gap-3 px-4 py-2.5 lg:px-1 lg:pt-4 lg:pb-1">
      <Avatar name={lesson.teacher.displayName} staff />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-sm">{lesson.teacher.displayName}</p>
        <p className="truncate text-muted text-xs">{lesson.description || t('roles.teacher')}</p>
      </div>
      {!locked && <ReactionBar />}
      {!isStaff && !locked && <HandButton />}
    </div>
  )
}

function useNoticeFloorTaken() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const hasFloor = useStorePart(classroom.room, ({ floor, self }) =>
    floor.some(({ peerId }) => peerId === self?.peerId),
  )
  const before = useRef(hasFloor)
  useEffect(() => {
    if (before.current && !hasFloor && classroom.room.get().status === 'live') tell(t('room.hand.taken'))
    before.current = hasFloor
  }, [hasFloor, classroom, t])
}
