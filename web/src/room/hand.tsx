/** Asking for the floor, and what happens when one gets it. */
import { Hand, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DeviceHelp } from '../console/device-help.tsx'
import { LevelBar } from '../console/level-bar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { TrackView } from './picture-view.tsx'
import { useAct } from './use-act.ts'

export function HandButton() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const room = useStore(classroom.room)
  const own = useStore(classroom.own.view)
  const selfId = room.self?.peerId
  const raised = room.hands.some(({ peerId }) => peerId === selfId)
  const hasFloor = room.floor.some(({ peerId }) => peerId === selfId)
  if (room.status !== 'live' && !raised && !hasFloor) return null
  if (hasFloor)
    return own.onAir ? <OnAirControls /> : <span className="text-accent text-sm">{t('room.hand.invited')}</span>
  return (
    <Button
      look={raised ? 'quiet' : 'primary'}
      data-testid={raised ? 'lower-hand' : 'raise-hand'}
      title={raised ? t('room.hand.raised') : undefined}
      onClick={() => void act(() => (raised ? classroom.floor.lowerHand() : classroom.floor.raiseHand()))}
    >
      <Hand size={16} aria-hidden className={raised ? 'text-accent' : ''} />
      {raised ? (
        <>
          <span className="text-accent">{t('room.hand.raisedShort')}</span>
          <span className="border-s ps-2 text-muted">{t('room.hand.lower')}</span>
        </>
      ) : (
        t('room.hand.raise')
      )}
    </Button>
  )
}

function OnAirControls() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { own } = classroom
  const { microphoneMuted } = useStore(own.view)
  const { camera } = useStore(own.capture.view)
  const selfId = useStorePart(classroom.room, (room) => room.self?.peerId ?? '')
  return (
    <div className="flex items-center gap-1.5">
      <IconButton
        look="quiet"
        label={t(microphoneMuted ? 'room.console.unmuteMicrophone' : 'room.console.muteMicrophone')}
        icon={microphoneMuted ? <MicOff size={18} /> : <Mic size={18} />}
        onClick={() => void act(() => own.setMicrophoneMuted(!microphoneMuted))}
        data-testid="own-microphone"
      />
      <IconButton
        look="quiet"
        label={t(camera.track ? 'room.console.stopCamera' : 'room.console.startCamera')}
        icon={camera.track ? <Video size={18} /> : <VideoOff size={18} />}
        disabled={camera.opening}
        onClick={() => (camera.track ? own.capture.stop('camera') : void own.capture.open('camera'))}
        data-testid="own-camera"
      />
      <Button look="ink" onClick={() => void act(() => classroom.floor.take(selfId))} data-testid="give-back-floor">
        {t('room.hand.giveBack')}
      </Button>
    </div>
  )
}

/** Opens when the teacher gives the floor: nobody is seen before they said so. */
export function FloorDialog() {
  const { classroom } = useRoom()
  const hasFloor = useStorePart(
    classroom.room,
    ({ floor, self }) => self?.role === 'student' && floor.some(({ peerId }) => peerId === self.peerId),
  )
  const onAir = useStorePart(classroom.own.view, (view) => view.onAir)
  return hasFloor && !onAir ? <FloorCheck /> : null
}

function FloorCheck() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { own } = classroom
  const { camera, microphone } = useStore(own.capture.view)
  const selfId = useStorePart(classroom.room, (room) => room.self?.peerId ?? '')
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    void own.capture.open('microphone')
    void own.capture.open('camera')
    if (document.fullscreenElement) void document.exitFullscreen()
  }, [own])
  const decline = () => {
    own.goOffAir()
    void act(() => classroom.floor.take(selfId))
  }
  const accept = async () => {
    setBusy(true)
    await act(() => own.goOnAir())
  }
  return (
    <Dialog
      open
      onClose={decline}
      title={t('room.hand.floorTitle')}
      text={t('room.hand.floorText')}
      actions={
        <>
          <Button look="ghost" onClick={decline}>
            {t('room.hand.notNow')}
          </Button>
          {camera.track && <Button onClick={() => own.capture.stop('camera')}>{t('room.hand.withoutCamera')}</Button>}
          <Button
            look="primary"
            busy={busy}
            disabled={!microphone.track}
            onClick={() => void accept()}
            data-testid="go-on-air"
          >
            {t('room.hand.goOnAir')}
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
        <DeviceHelp kind="microphone" />
        <DeviceHelp kind="camera" />
      </div>
    </Dialog>
  )
}
