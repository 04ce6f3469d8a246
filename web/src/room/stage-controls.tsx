/** The line over the foot of the picture: sound, quality, picture in picture, full screen. */
import { Maximize, Minimize, PictureInPicture2, Settings2, Volume1, Volume2, VolumeX } from 'lucide-react'
import { Slider } from 'radix-ui'
import { type RefObject, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { heightsOf, type Quality } from '../classroom/layers.ts'
import { sceneOf } from '../classroom/scene.ts'
import { DanmakuMenu } from '../danmaku/danmaku-menu.tsx'
import { toggleFullScreen } from '../player/full-screen.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuChoice } from '../ui/menu.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { LayoutMenu } from './layout-menu.tsx'
import { LiveButton, LiveSeekBar, TimeControls } from './live-time.tsx'
import { SpeakerMenu } from './speaker-menu.tsx'
import { useWatermark } from './use-watermark.ts'

type ControlsProps = {
  stage: RefObject<HTMLElement | null>
  awake: boolean
  /** How many pictures there are to lay out. */
  pictures: number
}

export function StageControls({ stage, awake, pictures }: ControlsProps) {
  return (
    <div
      className={classes(
        'absolute inset-x-0 bottom-0 bg-linear-to-t from-stage-veil to-transparent px-2 pt-8 pb-1.5 transition-opacity duration-200 focus-within:opacity-100',
        !awake && 'opacity-0',
      )}
    >
      <LiveSeekBar />
      <div className="flex items-center gap-0.5 sm:gap-1">
        <TimeControls />
        <Volume />
        <span className="flex-1" />
        <LiveButton />
        <DanmakuMenu />
        {pictures > 1 && <LayoutMenu />}
        <SpeakerMenu />
        <QualityMenu />
        <PictureInPicture />
        <FullScreen stage={stage} />
      </div>
    </div>
  )
}

function Volume() {
  const { t } = useTranslation()
  const { speakers } = useRoom().classroom
  const { volume, muted } = useStore(speakers.view)
  const Icon = muted ? VolumeX : volume < 0.5 ? Volume1 : Volume2
  return (
    <div className="group/volume flex items-center">
      <IconButton
        look="stage"
        label={t(muted ? 'room.stage.unmute' : 'room.stage.mute')}
        icon={<Icon size={20} />}
        onClick={() => speakers.setMuted(!muted)}
        data-testid="mute"
      />
      <Slider.Root
        value={[muted ? 0 : volume * 100]}
        onValueChange={([value = 0]) => speakers.setVolume(value / 100)}
        aria-label={t('room.stage.volume')}
        className="relative ms-1 hidden h-10 w-24 touch-none select-none items-center sm:flex"
      >
        <Slider.Track className="relative h-1 flex-1 rounded-full bg-stage-press">
          <Slider.Range className="absolute h-full rounded-full bg-on-stage" />
        </Slider.Track>
        <Slider.Thumb
          aria-label={t('room.stage.volume')}
          data-testid="volume"
          className="block size-3.5 rounded-full bg-on-stage"
        />
      </Slider.Root>
    </div>
  )
}

function QualityMenu() {
  const { shown } = useStore(useRoom().classroom.viewing.tiers)
  return shown === 'broadcast' ? <BroadcastQuality /> : <SeatQuality />
}

function BroadcastQuality() {
  const { viewing } = useRoom().classroom
  const { quality, qualities, height } = useStore(viewing.film)
  if (qualities.length < 2) return null
  return (
    <QualityChoice
      chosen={quality}
      now={height || undefined}
      options={qualities.map((each) => ({ value: each, height: each }))}
      onChoose={(value) => viewing.player?.setQuality(value)}
    />
  )
}

function SeatQuality() {
  const { receiving, room } = useRoom().classroom
  const quality = useStore(receiving.quality)
  const pictures = useStore(receiving.pictures)
  const floor = useStorePart(room, (view) => view.floor)
  const camera = sceneOf(pictures, floor, true).main
  if (camera?.source !== 'camera' || camera.spatialLayers < 2) return null
  const heights = heightsOf(camera.spatialLayers)
  return (
    <QualityChoice
      chosen={quality}
      now={typeof camera.layer === 'number' ? heights[camera.layer] : undefined}
      options={heights.map((height, value) => ({ value, height }))}
      onChoose={(value) => receiving.setQuality(value)}
    />
  )
}

type QualityProps = {
  chosen: Quality
  /** The height that is shown now, where that is known. */
  now: number | undefined
  /** The smallest first. */
  options: { value: number; height: number }[]
  onChoose: (quality: Quality) => void
}

function QualityChoice({ chosen, now, options, onChoose }: QualityProps) {
  const { t } = useTranslation()
  return (
    <Menu
      side="top"
      trigger={
        <IconButton look="stage" label={t('room.stage.quality')} icon={<Settings2 size={20} />} data-testid="quality" />
      }
    >
      <MenuChoice
        label={t('room.stage.quality')}
        value={String(chosen)}
        onChange={(value) => onChoose(value === 'auto' ? 'auto' : Number(value))}
        options={[
          { value: 'auto', label: now ? t('room.stage.qualityAutoNow', { height: now }) : t('room.stage.qualityAuto') },
          ...options.map(({ value, height }) => ({ value: String(value), label: `${height}p` })).reverse(),
        ]}
      />
    </Menu>
  )
}

function PictureInPicture() {
  const { t } = useTranslation()
  const { screen } = useRoom().classroom.viewing
  const marked = useWatermark() !== null
  if (!document.pictureInPictureEnabled || marked) return null
  const toggle = async () => {
    if (document.pictureInPictureElement) await document.exitPictureInPicture()
    else await screen.video?.requestPictureInPicture()
  }
  return (
    <IconButton
      look="stage"
      className="max-sm:hidden"
      label={t('room.stage.pictureInPicture')}
      icon={<PictureInPicture2 size={20} />}
      onClick={() => void toggle().catch(() => {})}
      data-testid="picture-in-picture"
    />
  )
}

function FullScreen({ stage }: { stage: RefObject<HTMLElement | null> }) {
  const { t } = useTranslation()
  const { screen } = useRoom().classroom.viewing
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
      onClick={() => void toggleFullScreen(stage.current, screen.video)}
      data-testid="full-screen"
    />
  )
}
