/** The teacher's desk: what students see, the switches, and the rail of chat, hands, polls and people. */
import { Link2, RadioTower } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InputKind } from '../classroom/capture.ts'
import { clockTime } from '../format.ts'
import { useRoom } from '../room/classroom-context.ts'
import { ConfirmProvider } from '../room/confirm.tsx'
import { ConnectionBanner } from '../room/connection-banner.tsx'
import type { RailTab } from '../room/rail-tabs.tsx'
import { AudienceCount, RoomHeader } from '../room/room-header.tsx'
import { StaffRail } from '../room/staff-rail.tsx'
import { Tiles } from '../room/tiles.tsx'
import { useRoomHeight } from '../room/use-room-height.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { tell } from '../ui/notes.ts'
import { LivePill, Pill } from '../ui/pills.tsx'
import { useNow } from '../use-now.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { ControlBar } from './control-bar.tsx'
import { Programme } from './programme.tsx'
import { Setup } from './setup.tsx'
import { ShowFrame, useLiveFrame } from './show-frame.tsx'
import { StreamDialog } from './stream-dialog.tsx'
import { StreamHealthView } from './stream-health.tsx'
import { BroadcastWarnings, RoundTrip, UplinkBadge } from './uplink.tsx'

export function TeacherConsole() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const [tab, setTab] = useState<RailTab>('chat')
  const { status } = useStore(classroom.room)
  const { microphone, camera } = useStore(classroom.own.capture.view)
  const streaming = useStorePart(classroom.stream, (health) => health !== null)
  const connected = microphone.track !== null || camera.track !== null || streaming
  const teaching = (status === 'live' || status === 'paused') && connected
  useAutoResume()
  useLiveFrame()
  useWarnBeforeLeaving(status === 'live')
  useNoticeUnplugged('camera')
  useNoticeUnplugged('microphone')
  return (
    <ConfirmProvider>
      <div {...useRoomHeight()} className="flex flex-col overflow-hidden bg-page" data-testid="console">
        <RoomHeader end={<HeaderButtons />}>
          <Clock />
          <AudienceCount />
          <span className="hidden items-center gap-3 md:flex">
            <UplinkBadge />
            <RoundTrip />
          </span>
        </RoomHeader>
        <ConnectionBanner />
        <BroadcastWarnings />
        <StreamHealthView />
        <main className="flex min-h-0 flex-1 flex-col lg:flex-row lg:gap-4 lg:p-4">
          <div
            className={classes(
              'flex min-w-0 flex-col lg:min-h-0 lg:flex-1',
              teaching ? 'shrink-0 lg:shrink' : 'min-h-0 flex-1',
            )}
          >
            <div className="short:hidden aspect-video max-h-[45dvh] w-full shrink-0 lg:shrink lg:aspect-auto lg:max-h-none lg:min-h-0 lg:flex-1">
              <Programme />
            </div>
            <Tiles />
            {teaching ? (
              <>
                <p className="short:hidden flex items-center justify-center gap-3 border-b py-1 md:hidden">
                  <UplinkBadge />
                  <RoundTrip />
                </p>
                <ControlBar onPoll={() => setTab('poll')} />
                <ShowFrame className="mx-auto short:hidden pb-1 max-lg:hidden" />
              </>
            ) : (
              <div className="scroll-quiet min-h-0 overflow-y-auto p-3 lg:shrink-0 lg:px-0 lg:pb-0">
                <Setup />
              </div>
            )}
          </div>
          <aside
            aria-label={t('room.tabs.label')}
            className={classes(
              'flex min-h-0 flex-1 flex-col overflow-hidden border-t bg-surface lg:w-90 lg:flex-none lg:rounded-card lg:border',
              !teaching && 'max-lg:hidden',
            )}
          >
            <StaffRail tab={tab} onTab={setTab} />
          </aside>
        </main>
      </div>
    </ConfirmProvider>
  )
}

function Clock() {
  const { t } = useTranslation()
  const { status, startedAt } = useStore(useRoom().classroom.room)
  const now = useNow()
  if (status !== 'live' || startedAt === null)
    return <Pill>{t(status === 'paused' ? 'status.paused' : 'room.console.preparing')}</Pill>
  return (
    <LivePill>
      <time data-testid="live-timer">{clockTime(now - startedAt)}</time>
    </LivePill>
  )
}

function HeaderButtons() {
  const { t } = useTranslation()
  const [streaming, setStreaming] = useState(false)
  return (
    <>
      <IconButton
        label={t('room.stream.title')}
        icon={<RadioTower size={18} />}
        onClick={() => setStreaming(true)}
        data-testid="stream-from-encoder"
      />
      <CopyLink />
      <StreamDialog open={streaming} onClose={() => setStreaming(false)} />
    </>
  )
}

function CopyLink() {
  const { t } = useTranslation()
  const { lesson } = useRoom()
  const copy = async () => {
    await navigator.clipboard?.writeText(`${location.origin}/lessons/${lesson.id}`)
    tell(t('teaching.copied'))
  }
  return <IconButton label={t('room.console.copyInvite')} icon={<Link2 size={18} />} onClick={() => void copy()} />
}

const resumeKey = (lessonId: string) => `onAir.${lessonId}`

/** A reload in the middle of a class goes on by itself with the same devices. */
function useAutoResume() {
  const { classroom, lesson } = useRoom()
  const { status } = useStore(classroom.room)
  const { microphone, camera } = useStore(classroom.own.capture.view)
  const tried = useRef(false)
  const running = status === 'live' || status === 'paused'
  useEffect(() => {
    if (!running || tried.current) return
    tried.current = true
    const devices = (sessionStorage.getItem(resumeKey(lesson.id)) ?? '').split(' ')
    const kinds = (['microphone', 'camera'] as const).filter((kind) => devices.includes(kind))
    if (kinds.length === 0 || classroom.own.capture.view.get().microphone.track) return
    void classroom.own.goOnAir()
    for (const kind of kinds) void classroom.own.capture.open(kind)
  }, [running, classroom, lesson.id])
  useEffect(() => {
    if (!running || (!microphone.track && !camera.track)) return
    const devices = [microphone.track && 'microphone', camera.track && 'camera'].filter(Boolean)
    sessionStorage.setItem(resumeKey(lesson.id), devices.join(' '))
  }, [running, microphone.track, camera.track, lesson.id])
}

function useWarnBeforeLeaving(live: boolean) {
  useEffect(() => {
    if (!live) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [live])
}

function useNoticeUnplugged(kind: InputKind) {
  const { t } = useTranslation()
  const { capture } = useRoom().classroom.own
  const problem = useStorePart(capture.view, (view) => view[kind].problem)
  const track = useStorePart(capture.view, (view) => view[kind].track)
  const had = useRef(false)
  useEffect(() => {
    if (had.current && problem) tell(t(`room.console.unplugged.${kind}`))
    had.current = track !== null
  }, [problem, track, kind, t])
}
