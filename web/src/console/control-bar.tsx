/** The teacher's switches under the picture: microphone, camera, screen, poll, devices, and the end. */
import {
  ChartNoAxesColumn,
  FilePen,
  LayoutGrid,
  Mic,
  MicOff,
  MonitorUp,
  MonitorX,
  PhoneOff,
  Settings2,
  Video,
  VideoOff,
} from 'lucide-react'
import { type ComponentProps, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DeckDialog } from '../board/deck-dialog.tsx'
import { roughDuration } from '../i18n/texts.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useConfirm } from '../room/confirm.tsx'
import { LayoutForAll } from '../room/layout-menu.tsx'
import { SpeakerPicker } from '../room/speaker-menu.tsx'
import { useAct } from '../room/use-act.ts'
import { serverClock } from '../server-clock.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Menu } from '../ui/menu.tsx'
import { useStore } from '../use-store.ts'
import { DeviceHelp } from './device-help.tsx'
import { DevicePicker } from './device-picker.tsx'
import { LevelBar } from './level-bar.tsx'
import { ShowFrame } from './show-frame.tsx'

export function ControlBar({ onPoll }: { onPoll: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { own } = useRoom().classroom
  const { microphoneMuted, screen } = useStore(own.view)
  const { camera, microphone } = useStore(own.capture.view)
  const [devices, setDevices] = useState(false)
  const [decks, setDecks] = useState(false)
  const mayShare = Boolean(navigator.mediaDevices?.getDisplayMedia)
  const heard = microphone.track !== null && !microphoneMuted
  const toggleMicrophone = () =>
    void act(async () => {
      if (!microphone.track) await own.capture.open('microphone')
      else await own.setMicrophoneMuted(!microphoneMuted)
    })
  return (
    <div className="short:hidden flex items-center justify-center gap-1 px-2 py-2 sm:gap-2">
      <Switch
        testId="toggle-microphone"
        on={heard}
        icon={heard ? <Mic size={20} /> : <MicOff size={20} />}
        label={t(heard ? 'room.console.muteMicrophone' : 'room.console.unmuteMicrophone')}
        text={t('room.console.microphone')}
        onClick={toggleMicrophone}
      />
      <Switch
        testId="toggle-camera"
        on={camera.track !== null}
        busy={camera.opening}
        icon={camera.track ? <Video size={20} /> : <VideoOff size={20} />}
        label={t(camera.track ? 'room.console.stopCamera' : 'room.console.startCamera')}
        text={t('room.console.camera')}
        onClick={() => (camera.track ? own.capture.stop('camera') : void own.capture.open('camera'))}
      />
      {mayShare && (
        <Switch
          testId="share-screen"
          on
          marked={screen !== null}
          icon={screen ? <MonitorX size={20} /> : <MonitorUp size={20} />}
          label={t(screen ? 'room.console.stopScreen' : 'room.console.shareScreen')}
          text={t(screen ? 'room.console.stopScreen' : 'room.console.shareScreen')}
          onClick={() => (screen ? own.stopScreen() : void act(() => own.shareScreen()))}
        />
      )}
      <Switch
        testId="board-button"
        on
        icon={<FilePen size={20} />}
        label={t('room.board.open')}
        text={t('room.board.short')}
        onClick={() => setDecks(true)}
      />
      <Switch
        testId="poll-button"
        on
        icon={<ChartNoAxesColumn size={20} />}
        label={t('polls.newPoll')}
        text={t('room.console.poll')}
        onClick={onPoll}
      />
      <span className="max-sm:hidden">
        <Menu
          side="top"
          trigger={
            <Switch
              testId="layout"
              on
              icon={<LayoutGrid size={20} />}
              label={t('room.layout.title')}
              text={t('room.layout.title')}
            />
          }
        >
          <LayoutForAll />
        </Menu>
      </span>
      <Switch
        testId="devices"
        on
        icon={<Settings2 size={20} />}
        label={t('room.console.devices')}
        text={t('room.console.devices')}
        onClick={() => setDevices(true)}
      />
      <span className="mx-1 h-8 w-px bg-line" aria-hidden />
      <EndClass />
      <DeckDialog open={decks} onClose={() => setDecks(false)} />
      <Dialog open={devices} onClose={() => setDevices(false)} title={t('room.console.devices')}>
        <div className="flex flex-col gap-4">
          <DevicePicker kind="camera" />
          <DeviceHelp kind="camera" />
          <DevicePicker kind="microphone" />
          {devices && microphone.track && <LevelBar track={microphone.track} />}
          <DeviceHelp kind="microphone" />
          <SpeakerPicker />
          <ShowFrame detailed className="border-t pt-4" />
        </div>
      </Dialog>
    </div>
  )
}

type SwitchProps = ComponentProps<'button'> & {
  testId: string
  label: string
  text: string
  icon: ReactNode
  on: boolean
  marked?: boolean
  busy?: boolean
}

function Switch({ testId, label, text, icon, on, marked, busy, ...rest }: SwitchProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      title={label}
      data-testid={testId}
      data-on={on}
      disabled={busy}
      className={classes(
        'flex h-12 min-w-11 flex-col items-center justify-center gap-0.5 rounded-control px-1.5 text-xs transition-colors duration-150 hover:bg-sunken disabled:opacity-50 sm:min-w-18 sm:px-2',
        !on || marked ? 'bg-accent-soft text-accent' : 'text-text',
      )}
    >
      {icon}
      <span aria-hidden className="max-w-24 truncate max-sm:hidden">
        {text}
      </span>
    </button>
  )
}

function EndClass() {
  const { t } = useTranslation()
  const act = useAct()
  const confirm = useConfirm()
  const { classroom } = useRoom()
  const end = async () => {
    const { startedAt, online } = classroom.room.get()
    const duration = roughDuration(serverClock.now() - (startedAt ?? serverClock.now()), t)
    const sure = await confirm({
      title: t('room.console.endTitle'),
      text: t('room.console.endText', { duration, count: online }),
      action: t('room.console.endConfirm'),
      cancel: t('room.console.endCancel'),
      testId: 'confirm-end-class',
    })
    if (sure) await act(() => classroom.endClass())
  }
  return (
    <Button look="ink" onClick={() => void end()} data-testid="end-class" aria-label={t('room.console.end')}>
      <PhoneOff size={18} aria-hidden />
      <span className="max-sm:hidden">{t('room.console.end')}</span>
    </Button>
  )
}
