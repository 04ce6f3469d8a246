/** The line over the foot of the picture. */
import {
  Gauge,
  Maximize,
  Minimize,
  Pause,
  PictureInPicture2,
  Play,
  Settings2,
  Volume1,
  Volume2,
  VolumeX,
} from 'lucide-react'
import { Slider } from 'radix-ui'
import { type ReactNode, type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuChoice } from '../ui/menu.tsx'
import { toggleFullScreen } from './full-screen.ts'
import type { Player, PlayerView } from './player.ts'
import { SeekBar } from './seek-bar.tsx'

const speeds = [0.75, 1, 1.25, 1.5, 2]

type Props = {
  player: Player
  view: PlayerView
  video: HTMLVideoElement
  stage: RefObject<HTMLElement | null>
  shown: boolean
  /** More buttons. */
  children?: ReactNode
}

export function Controls({ player, view, video, stage, shown, children }: Props) {
  const { t } = useTranslation()
  return (
    <div
      className={classes(
        'absolute inset-x-0 bottom-0 bg-linear-to-t from-stage-veil to-transparent px-3 pt-10 pb-1.5 transition-opacity duration-200 focus-within:opacity-100',
        !shown && 'pointer-events-none opacity-0',
      )}
    >
      <SeekBar player={player} view={view} />
      <div className="flex items-center gap-0.5">
        <IconButton
          look="stage"
          label={t(view.playing ? 'player.pause' : 'player.play')}
          icon={view.playing ? <Pause size={20} /> : <Play size={20} />}
          onClick={player.toggle}
          data-testid="toggle-play"
        />
        <Volume video={video} />
        <span className="tabular ms-1 truncate text-on-stage text-xs" data-testid="player-time">
          {clockTime(view.positionMs)} / {clockTime(view.durationMs)}
          {view.trialMs !== null && (
            <span className="text-stage-accent"> · {t('player.trial', { length: clockTime(view.trialMs) })}</span>
          )}
        </span>
        <span className="flex-1" />
        {children}
        <SpeedMenu player={player} view={view} />
        <QualityMenu player={player} view={view} />
        <PictureInPicture video={video} />
        <FullScreen video={video} stage={stage} />
      </div>
    </div>
  )
}

function Volume({ video }: { video: HTMLVideoElement }) {
  const { t } = useTranslation()
  const [{ volume, muted }, setSound] = useState({ volume: video.volume, muted: video.muted })
  useEffect(() => {
    const notice = () => setSound({ volume: video.volume, muted: video.muted })
    notice()
    video.addEventListener('volumechange', notice)
    return () => video.removeEventListener('volumechange', notice)
  }, [video])
  const silent = muted || volume === 0
  const Icon = silent ? VolumeX : volume < 0.5 ? Volume1 : Volume2
  return (
    <>
      <IconButton
        look="stage"
        label={t(muted ? 'room.stage.unmute' : 'room.stage.mute')}
        icon={<Icon size={20} />}
        onClick={() => {
          video.muted = !video.muted
        }}
        data-testid="player-mute"
      />
      <Slider.Root
        value={[muted ? 0 : volume * 100]}
        onValueChange={([value = 0]) => Object.assign(video, { volume: value / 100, muted: value === 0 })}
        className="relative ms-1 hidden h-10 w-20 touch-none select-none items-center sm:flex"
      >
        <Slider.Track className="relative h-1 flex-1 rounded-full bg-stage-press">
          <Slider.Range className="absolute h-full rounded-full bg-on-stage" />
        </Slider.Track>
        <Slider.Thumb aria-label={t('room.stage.volume')} className="block size-3.5 rounded-full bg-on-stage" />
      </Slider.Root>
    </>
  )
}

type Of = { player: Player; view: PlayerView }

function SpeedMenu({ player, view }: Of) {
  const { t } = useTranslation()
  return (
    <Menu
      side="top"
      trigger={
        <IconButton
          look="stage"
          label={t('player.speedNow', { speed: view.speed })}
          icon={
            view.speed === 1 ? <Gauge size={20} /> : <span className="tabular font-medium text-sm">{view.speed}×</span>
          }
          data-testid="speed"
        />
      }
    >
      <MenuChoice
        label={t('player.speed')}
        value={String(view.speed)}
        onChange={(value) => player.setSpeed(Number(value))}
        options={speeds.map((speed) => ({ value: String(speed), label: `${speed}×` }))}
      />
    </Menu>
  )
}

function QualityMenu({ player, view }: Of) {
  const { t } = useTranslation()
  if (view.qualities.length < 2) return null
  const auto = view.height > 0 ? t('room.stage.qualityAutoNow', { height: view.height }) : t('room.stage.qualityAuto')
  return (
    <Menu
      side="top"
      trigger={
        <IconButton
          look="stage"
          label={t('room.stage.quality')}
          icon={<Settings2 size={20} />}
          data-testid="player-quality"
        />
      }
    >
      <MenuChoice
        label={t('room.stage.quality')}
        value={String(view.quality)}
        onChange={(value) => player.setQuality(value === 'auto' ? 'auto' : Number(value))}
        options={[
          { value: 'auto', label: auto },
          ...view.qualities.map((height) => ({ value: String(height), label: `${height}p` })).reverse(),
        ]}
      />
    </Menu>
  )
}

function PictureInPicture({ video }: { video: HTMLVideoElement }) {
  const { t } = useTranslation()
  if (!document.pictureInPictureEnabled) return null
  const toggle = async () => {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await video.requestPictureInPicture()
  }
  return (
    <IconButton
      look="stage"
      className="max-sm:hidden"
      label={t('room.stage.pictureInPicture')}
      icon={<PictureInPicture2 size={20} />}
      onClick={() => void toggle().catch(() => {})}
    />
  )
}

function FullScreen({ video, stage }: Pick<Props, 'video' | 'stage'>) {
  const { t } = useTranslation()
  const [full, setFull] = useState(false)
  useEffect(() => {
    const notice = () => setFull(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', notice)
    return () => document.removeEventListener('fullscreenchange', notice)
  }, [])
  const Icon = full ? Minimize : Maximize
  return (
    <IconButton
      look="stage"
      label={t(full ? 'room.stage.exitFullScreen' : 'room.stage.fullScreen')}
      icon={<Icon size={20} />}
      onClick={() => void toggleFullScreen(stage.current, video)}
      data-testid="player-full-screen"
    />
  )
}
