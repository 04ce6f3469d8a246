/** Seeing and hearing oneself before the others do: while the hand is up, or when the floor is there already. */
import { VideoOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DeviceHelp } from '../console/device-help.tsx'
import { DevicePicker } from '../console/device-picker.tsx'
import { LevelBar } from '../console/level-bar.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { tell } from '../ui/notes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { TrackView } from './picture-view.tsx'
import { useAct } from './use-act.ts'

/** Opens with the hand one raises, and, for whoever is not ready then, with the floor: nobody is seen before they said so. */
export function FloorDialog() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const { onAir, ready } = useStore(classroom.own.view)
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const hasFloor = useStorePart(
    classroom.room,
    ({ floor, self }) => self?.role === 'student' && floor.some(({ peerId }) => peerId === selfId),
  )
  const raised = useStorePart(classroom.room, ({ hands }) => hands.some(({ peerId }) => peerId === selfId))
  const [checking, setChecking] = useState(false)
  const before = useRef(raised)
  useEffect(() => {
    if (raised !== before.current) setChecking(raised)
    before.current = raised
  }, [raised])
  const wasReady = useRef(ready)
  useEffect(() => {
    if (onAir && wasReady.current) tell(t('room.hand.onAirNow'))
    wasReady.current = ready
  }, [onAir, ready, t])
  if (hasFloor && !onAir) return <FloorCheck hasFloor onLater={() => {}} />
  if (raised && checking && !ready) return <FloorCheck hasFloor={false} onLater={() => setChecking(false)} />
  return null
}

function FloorCheck({ hasFloor, onLater }: { hasFloor: boolean; onLater: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { own } = classroom
  const { camera, microphone } = useStore(own.capture.view)
  const selfId = useStorePart(classroom.room, (room) => room.self?.peerId ?? '')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void own.standBy()
    const { camera, microphone } = own.capture.view.get()
    if (!microphone.track) void own.capture.open('microphone')
    if (!camera.track) void own.capture.open('camera')
    if (document.fullscreenElement) void document.exitFullscreen()
  }, [own])
  const decline = () => {
    own.goOffAir()
    if (hasFloor) void act(() => classroom.floor.take(selfId))
    else onLater()
  }
  const accept = async () => {
    if (!hasFloor) {
      await act(() => own.setReady())
      return
    }
    setBusy(true)
    await act(() => own.goOnAir())
  }
  return (
    <Dialog
      open
      onClose={decline}
      title={t(hasFloor ? 'room.hand.floorTitle' : 'room.hand.checkTitle')}
      text={t(hasFloor ? 'room.hand.floorText' : 'room.hand.checkText')}
      actions={
        <>
          <Button look="ghost" onClick={decline} data-testid="not-now">
            {t(hasFloor ? 'room.hand.notNow' : 'room.hand.later')}
          </Button>
          <Button
            onClick={() => (camera.track ? own.capture.stop('camera') : void own.capture.open('camera'))}
            disabled={camera.opening}
          >
            {t(camera.track ? 'room.hand.withoutCamera' : 'room.console.withCamera')}
          </Button>
          <Button
            look="primary"
            busy={busy}
            disabled={!microphone.track}
            onClick={() => void accept()}
            data-testid={hasFloor ? 'go-on-air' : 'ready-to-speak'}
          >
            {t(hasFloor ? 'room.hand.goOnAir' : 'room.hand.ready')}
          </Button>
        </>
      }
    >
      <div className="on-stage aspect-video w-full overflow-hidden rounded-control bg-stage text-on-stage">
        {camera.track ? (
          <TrackView track={camera.track} label={t('room.stage.you')} mirrored testId="floor-preview" />
        ) : (
          <div className="flex size-full items-center justify-center">
            <VideoOff size={28} strokeWidth={1.5} aria-hidden className="text-on-stage-muted" />
          </div>
        )}
      </div>
      <div className="mt-3 flex flex-col gap-2">
        {microphone.track && <LevelBar track={microphone.track} />}
        <div className="grid gap-2 sm:grid-cols-2">
          <DevicePicker kind="microphone" />
          <DevicePicker kind="camera" />
        </div>
        <DeviceHelp kind="microphone" />
        <DeviceHelp kind="camera" />
      </div>
    </Dialog>
  )
}
