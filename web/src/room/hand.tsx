/** Asking for the floor, and the switches of those who have it. */
import { Hand, Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, IconButton } from '../ui/button.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
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
          <span className="text-accent" data-testid={own.ready ? 'ready' : undefined}>
            {t(own.ready ? 'room.hand.raisedReady' : 'room.hand.raisedShort')}
          </span>
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
