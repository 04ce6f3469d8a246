/** Before the class: see yourself, hear yourself, the network; then one button. */
import { Camera, Check, Mic, Wifi } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { momentText } from '../i18n/texts.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { serverClock } from '../server-clock.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { DeviceHelp } from './device-help.tsx'
import { DevicePicker } from './device-picker.tsx'
import { LevelBar } from './level-bar.tsx'
import { ShowFrame } from './show-frame.tsx'
import { useUplinkHealth } from './uplink.tsx'

export function Setup() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const { camera, microphone } = useStore(classroom.own.capture.view)
  const status = useStorePart(classroom.room, (room) => room.status)
  const running = status === 'live' || status === 'paused'
  const streaming = useStorePart(classroom.stream, (health) => health !== null)
  const untouched = !camera.track && !microphone.track && !camera.problem && !microphone.problem
  return (
    <section
      aria-label={t('room.console.setupTitle')}
      data-testid="setup"
      className="rounded-card border bg-surface p-4 sm:p-5"
    >
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-60 flex-1">
          <h2 className="display text-lg">{t('room.console.setupTitle')}</h2>
          <p className="text-muted text-sm">
            {t(running ? 'room.console.setupLive' : 'room.console.setupText')}
            {!running && ` ${t('room.console.startsAt', { time: momentText(lesson.startsAt, serverClock.now(), t) })}`}
          </p>
        </div>
        {untouched && !streaming ? <OpenDevices /> : <Start running={running} />}
      </div>
      {!untouched && (
        <div className="mt-4 grid gap-4 border-t pt-4 md:grid-cols-3 md:gap-6">
          <See />
          <Hear />
          <Network />
        </div>
      )}
      <ShowFrame detailed className="mt-4 border-t pt-4" />
    </section>
  )
}

function OpenDevices() {
  const { t } = useTranslation()
  const { own } = useRoom().classroom
  const { camera, microphone } = useStore(own.capture.view)
  const opening = camera.opening || microphone.opening
  const open = async () => {
    await own.goOnAir()
    await Promise.all([own.capture.open('microphone'), own.capture.open('camera')])
  }
  return (
    <Button look="primary" size="lg" busy={opening} onClick={() => void open()} data-testid="open-devices">
      <Camera size={18} aria-hidden />
      {t(opening ? 'room.console.opening' : 'room.console.openDevices')}
    </Button>
  )
}

function Start({ running }: { running: boolean }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { microphone } = useStore(classroom.own.capture.view)
  const streaming = useStorePart(classroom.stream, (health) => health !== null)
  const [busy, setBusy] = useState(false)
  const start = async () => {
    setBusy(true)
    await act(() => classroom.startClass(), t('room.console.started'))
    setBusy(false)
  }
  if (running) return null
  return (
    <Button
      look="primary"
      size="lg"
      busy={busy}
      disabled={!microphone.track && !streaming}
      onClick={() => void start()}
      data-testid="start-class"
      className="min-w-40"
    >
      {t(busy ? 'room.console.starting' : 'room.console.start')}
    </Button>
  )
}

type StepProps = { icon: ReactNode; title: string; done: boolean; children: ReactNode }

function Step({ icon, title, done, children }: StepProps) {
  return (
    <div className="flex min-w-0 flex-col gap-2.5">
      <p className="flex items-center gap-2 font-medium text-sm">
        <span
          className={classes(
            'flex size-6 items-center justify-center rounded-full',
            done ? 'bg-good-soft text-good' : 'bg-sunken text-muted',
          )}
        >
          {done ? <Check size={14} aria-hidden /> : icon}
        </span>
        {title}
      </p>
      {children}
    </div>
  )
}

function See() {
  const { t } = useTranslation()
  const { capture } = useRoom().classroom.own
  const { track, opening, problem } = useStorePart(capture.view, (view) => view.camera)
  return (
    <Step icon={<Camera size={14} />} title={t('room.console.see')} done={track !== null}>
      <DevicePicker kind="camera" />
      <DeviceHelp kind="camera" />
      <p className="flex items-center gap-2 text-muted text-sm">
        {!problem && t(track ? 'room.console.cameraGood' : 'room.console.cameraOff')}
        <button
          type="button"
          disabled={opening}
          className={classes('text-accent underline', problem && 'hidden')}
          onClick={() => (track ? capture.stop('camera') : void capture.open('camera'))}
        >
          {t(track ? 'room.console.withoutCamera' : 'room.console.withCamera')}
        </button>
      </p>
    </Step>
  )
}

function Hear() {
  const { t } = useTranslation()
  const { capture } = useRoom().classroom.own
  const { track } = useStorePart(capture.view, (view) => view.microphone)
  const [heard, setHeard] = useState(false)
  return (
    <Step icon={<Mic size={14} />} title={t('room.console.hear')} done={track !== null && heard}>
      <DevicePicker kind="microphone" />
      {track && <LevelBar track={track} onHeard={() => setHeard(true)} />}
      <DeviceHelp kind="microphone" />
      {track && (
        <p className="text-muted text-sm">
          {t(heard ? 'room.console.microphoneHeard' : 'room.console.microphoneGood')}
        </p>
      )}
    </Step>
  )
}

function Network() {
  const { t } = useTranslation()
  const { health, stats } = useUplinkHealth()
  const waiting = useStorePart(useRoom().classroom.own.capture.view, (view) => !view.microphone.track)
  const ms = Math.max(1, Math.round(stats.roundTripMs ?? 1))
  const texts = {
    good: t('room.console.networkGood', { ms }),
    fair: t('room.console.networkFair', { ms }),
    weak: t('room.console.networkWeak'),
    lost: t('room.console.networkLost'),
    unknown: t(waiting ? 'room.console.networkWaiting' : 'room.console.networkTesting'),
  }
  return (
    <Step icon={<Wifi size={14} />} title={t('room.console.network')} done={health === 'good' || health === 'fair'}>
      <p
        role="status"
        data-testid="network-check"
        data-health={health}
        className={classes('text-sm', health === 'weak' || health === 'lost' ? 'text-accent' : 'text-muted')}
      >
        {texts[health]}
      </p>
      {stats.protocol === 'tcp' && <p className="text-muted text-xs">{t('room.console.overTcp')}</p>}
    </Step>
  )
}
