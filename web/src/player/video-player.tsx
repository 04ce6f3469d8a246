/** The player of an uploaded video: the picture, what stands over it, and the line of controls. */
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { onServerEvent, onServerEventsConnected } from '../api/events.ts'
import { playApi } from '../api/play.ts'
import { randomUuid } from '../random-uuid.ts'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'
import { Controls } from './controls.tsx'
import { Overlay } from './overlay.tsx'
import { Player } from './player.ts'
import { openStream } from './stream.ts'
import { useAwake } from './use-awake.ts'
import { useKeys } from './use-keys.ts'
import { WatermarkLayer } from './watermark-layer.tsx'

const SPEED = 'playbackSpeed'
const LOUDNESS = 'playbackVolume'

const elementEvents = [
  'timeupdate',
  'progress',
  'play',
  'playing',
  'pause',
  'ended',
  'waiting',
  'seeking',
  'seeked',
  'canplay',
] as const

type Props = {
  lessonId: string
  title: string
  /** Over the picture, once a trial is over. */
  trialEnd: ReactNode
  /** Over the picture, when the right has ended. */
  locked: ReactNode
  /** Told of the player once it is there. */
  onPlayer?: (player: Player) => void
  /** Beside the picture on its stage, under the controls. */
  over?: ReactNode
  /** More buttons among the controls. */
  controls?: ReactNode
  videoClasses?: string
}

export function VideoPlayer({
  lessonId,
  title,
  trialEnd,
  locked,
  onPlayer,
  over,
  controls,
  videoClasses = 'size-full',
}: Props) {
  const { t } = useTranslation()
  const stage = useRef<HTMLElement>(null)
  const { player, attach } = usePlayer(lessonId)
  const view = useStore(player.view)
  useEffect(() => onPlayer?.(player), [player, onPlayer])
  const { awake, wake } = useAwake(view.playing)
  const [video, setVideo] = useState<HTMLVideoElement | null>(null)
  useKeys(player, video, stage)
  const shown = awake || !view.playing
  return (
    <section
      ref={stage}
      aria-label={t('player.label', { title })}
      onPointerMove={wake}
      onPointerDown={wake}
      onFocus={wake}
      data-testid="video-player"
      data-phase={view.phase}
      className={classes(
        'on-stage relative aspect-video w-full overflow-hidden bg-stage text-on-stage max-sm:-mx-4 max-sm:w-auto sm:rounded-card',
        '[&:fullscreen]:mx-0 [&:fullscreen]:aspect-auto [&:fullscreen]:rounded-none',
        !shown && 'cursor-none',
      )}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: uploaded films have no captions to show */}
      <video
        ref={(element) => {
          setVideo(element)
          attach(element)
        }}
        playsInline
        poster={view.posterUrl ?? undefined}
        aria-label={title}
        onClick={player.toggle}
        data-testid="video"
        className={classes('object-contain', videoClasses)}
      />
      {view.phase === 'ready' && over}
      <WatermarkLayer
        lessonId={lessonId}
        text={view.phase === 'ready' ? view.watermark : null}
        frame={stage}
        onCovered={player.cover}
      />
      <Overlay player={player} view={view} trialEnd={trialEnd} locked={locked} />
      {view.phase === 'ready' && !view.trialOver && video && (
        <Controls player={player} view={view} video={video} stage={stage} shown={shown}>
          {controls}
        </Controls>
      )}
    </section>
  )
}

/** One player for as long as this lesson is on the page. */
function usePlayer(lessonId: string) {
  const queries = useQueryClient()
  const [player] = useState(() => {
    const playerId = randomUuid()
    const speed = Number(localStorage.getItem(SPEED)) || 1
    const deps = {
      playerId,
      openStream,
      play: (request: { playerId: string; takeOver?: boolean }) => playApi.play(lessonId, request),
      renewLease: playApi.renewLease,
      releaseLease: playApi.releaseLease,
      report: async (report: Parameters<typeof api.reportProgress>[1]) => {
        const { progress } = await api.reportProgress(lessonId, report)
        if (progress?.completedAt) void queries.invalidateQueries({ queryKey: ['course'], refetchType: 'active' })
      },
    }
    return new Player(deps, speed)
  })
  const [video, attach] = useState<HTMLVideoElement | null>(null)

  useEffect(() => {
    if (!video) return
    video.volume = Number(localStorage.getItem(LOUDNESS) ?? 1)
    const notice = ({ type }: Event) => player.noticed(type)
    const keepVolume = () => localStorage.setItem(LOUDNESS, String(video.volume))
    const keepSpeed = () => localStorage.setItem(SPEED, String(video.playbackRate))
    for (const event of elementEvents) video.addEventListener(event, notice)
    video.addEventListener('volumechange', keepVolume)
    video.addEventListener('ratechange', keepSpeed)
    void player.open(video)
    return () => {
      for (const event of elementEvents) video.removeEventListener(event, notice)
      video.removeEventListener('volumechange', keepVolume)
      video.removeEventListener('ratechange', keepSpeed)
    }
  }, [player, video])

  useEffect(() => {
    const hide = () => document.visibilityState === 'hidden' && void player.report()
    const endings = [
      onServerEvent('rightsChanged', () => void player.check()),
      onServerEvent('playerChanged', ({ playerId }) => player.otherPlays(playerId)),
      onServerEventsConnected(() => void player.check()),
    ]
    document.addEventListener('visibilitychange', hide)
    return () => {
      for (const end of endings) end()
      document.removeEventListener('visibilitychange', hide)
    }
  }, [player])

  // React mounts twice while developing: only a player that stays gone is closed.
  const closing = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => {
    clearTimeout(closing.current)
    const leave = () => player.close()
    addEventListener('pagehide', leave)
    return () => {
      removeEventListener('pagehide', leave)
      closing.current = setTimeout(() => player.close())
    }
  }, [player])
  return { player, attach }
}
