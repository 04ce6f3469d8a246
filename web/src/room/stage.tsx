/** The stage: the picture first, at most two layers over it. */
import { Volume2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BoardPage } from '../board/board-page.tsx'
import { BoardTools } from '../board/board-tools.tsx'
import { inset as insetStore } from '../board/inset.ts'
import { usePen } from '../board/use-pen.ts'
import type { Picture } from '../classroom/receiving.ts'
import { sceneOf } from '../classroom/scene.ts'
import { layoutOf } from '../classroom/stage-layout.ts'
import { DanmakuLayer } from '../danmaku/danmaku-layer.tsx'
import { WatermarkLayer } from '../player/watermark-layer.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { FilmVeil } from './film-veil.tsx'
import { FloatingReactions } from './floating-reactions.tsx'
import { HoldCard } from './hold-card.tsx'
import { InsetControls, smallPlace } from './inset-controls.tsx'
import { LatencyBadge } from './latency-badge.tsx'
import { PictureView, useShownSize } from './picture-view.tsx'
import { StageControls } from './stage-controls.tsx'
import { columnsFor, useFreeRoom } from './stage-places.ts'
import { Tile } from './tiles.tsx'
import { LockedVeil, TrialClock, useLocked } from './trial.tsx'
import { useStageKeys } from './use-stage-keys.ts'
import { useWatermark } from './use-watermark.ts'

const AWAKE_MS = 3000

/** True for a while after the pointer moved or a finger touched. */
function useAwake() {
  const [awake, setAwake] = useState(true)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const wake = () => {
    setAwake(true)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setAwake(false), AWAKE_MS)
  }
  useEffect(() => {
    timer.current = setTimeout(() => setAwake(false), AWAKE_MS)
    return () => clearTimeout(timer.current)
  }, [])
  return { awake, wake }
}

export function Stage() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const stage = useRef<HTMLElement>(null)
  const { awake, wake } = useAwake()
  const layout = useStorePart(classroom.layout.view, layoutOf)
  const { hidden, corner } = useStore(insetStore)
  const free = useFreeRoom(stage)
  const pictures = useStore(classroom.receiving.pictures)
  const floor = useStorePart(classroom.room, (room) => room.floor)
  const status = useStorePart(classroom.room, (room) => room.status)
  const turned = useStorePart(useStore(classroom.boardThen.board).view, ({ shown }) => shown !== null)
  const locked = useLocked()
  const { shown, rewound } = useStore(classroom.viewing.tiers)
  const seated = shown === 'interactive'
  // Whoever went back goes on watching while the teacher is away.
  const live = status === 'live' || (rewound && status === 'paused')
  const board = turned && live && !locked
  // Beside the board stands the camera: what is on the screen is not taught from at the same time.
  const { main, inset: second } = sceneOf(pictures, floor, board || layout !== 'slides')
  const inset = live && seated && !board ? second : null
  const cells = 1 + (board || inset ? 1 : 0) + floor.length
  const grid = layout === 'grid' && live && !locked && cells > 1
  const small = grid || !(board || inset) ? null : inset ? 'inset' : layout === 'speaker' ? 'board' : 'picture'
  const apart = free.beside > 0 || free.above > 0
  const placeOf = (what: 'board' | 'picture' | 'inset') => {
    if (grid) return { className: 'relative min-h-0 min-w-0 overflow-hidden rounded-control bg-stage' }
    if (what === small) return smallPlace(free, hidden ? null : corner)
    return { className: 'absolute inset-0', style: small && !hidden ? { top: free.above, right: free.beside } : {} }
  }
  const visible = live && (!seated || main !== null)
  useStageKeys(classroom, stage)
  const watermark = useWatermark()
  const { displayName: name } = lesson.teacher
  const labelOf = (picture: Picture) =>
    t(picture.source === 'screen' ? 'room.stage.screenOf' : 'room.stage.teacherPicture', { name })
  return (
    <section
      ref={stage}
      aria-label={t('room.stage.label')}
      onPointerMove={wake}
      onPointerDown={wake}
      onFocus={wake}
      className={classes(
        'on-stage group relative size-full overflow-hidden bg-stage text-on-stage lg:rounded-card',
        !awake && 'cursor-none',
      )}
    >
      <div
        className={grid ? 'grid size-full auto-rows-fr gap-1 p-1' : 'contents'}
        style={grid ? { gridTemplateColumns: `repeat(${columnsFor(cells)}, minmax(0, 1fr))` } : undefined}
      >
        {board && (
          <div key="board" {...placeOf('board')}>
            <BoardLayer still={small === 'board'} />
          </div>
        )}
        <div key="picture" {...placeOf('picture')}>
          <MainPicture
            picture={main}
            visible={visible}
            label={main ? labelOf(main) : t('room.stage.teacherPicture', { name })}
          />
          {live ? !visible && <SoundOnly /> : <HoldCard status={status} />}
          {live && seated && main && (main.paused || main.layer === null) && (
            <p className="absolute inset-0 flex items-center justify-center bg-stage-veil px-6 text-center">
              {t(main.paused ? 'room.stage.noPicture' : 'room.stage.weak')}
            </p>
          )}
        </div>
        {inset && (
          <div key="inset" {...placeOf('inset')}>
            <PictureView
              key={inset.consumerId}
              picture={inset}
              label={labelOf(inset)}
              cover={!grid}
              testId="inset-video"
            />
          </div>
        )}
        {grid && floor.map((person) => <Tile key={person.peerId} person={person} className="size-full" />)}
      </div>
      {small && <InsetControls stage={stage} place={placeOf(small)} free={apart} />}
      {live && !locked && <Comments />}
      {live && !locked && <FilmVeil />}
      {live && !locked && <FloatingReactions />}
      <WatermarkLayer
        lessonId={lesson.id}
        text={live && !locked ? watermark : null}
        frame={stage}
        onCovered={(covered) => classroom.viewing.cover(covered)}
      />
      <LockedVeil />
      {!locked && (
        <div className="absolute start-3 top-3 flex flex-wrap items-center gap-2">
          <TrialClock />
          {live && (
            <span className={classes('transition-opacity duration-200 lg:opacity-100', !awake && 'opacity-0')}>
              <LatencyBadge />
            </span>
          )}
        </div>
      )}
      {!locked && <TapForSound />}
      {!locked && status !== 'lobby' && status !== 'scheduled' && (
        <StageControls stage={stage} awake={awake} pictures={cells} />
      )}
    </section>
  )
}

/** What is said in the chat, over the picture, as far as the viewer reads it there. */
function Comments() {
  const { said, chat } = useRoom().classroom
  const onlyStaff = useStore(chat.onlyStaff)
  return <DanmakuLayer feed={said} shows={({ staff, mine }) => !onlyStaff || staff || mine} />
}

/** The page that the teacher shows, and for those with the pen its tools, above the controls. */
function BoardLayer({ still }: { still: boolean }) {
  const { board: now, boardThen } = useRoom().classroom
  const board = useStore(boardThen.board)
  const page = useStorePart(board.view, ({ shown }) => shown)
  const ownPen = usePen()
  // Nobody draws on what has been.
  const pen = board === now && !still ? ownPen : null
  if (!page) return null
  return (
    <div className={classes('flex size-full flex-col', pen && 'pb-12')}>
      <div className="min-h-0 flex-1">
        <BoardPage board={board} page={page} pen={pen} />
      </div>
      {pen && <BoardTools page={page} pen={pen} />}
    </div>
  )
}

type MainProps = { picture: Picture | null; visible: boolean; label: string }

/** The one `<video>` of the class, whatever it is fed by, and over it its last picture while that changes. */
function MainPicture({ picture, visible, label }: MainProps) {
  const { viewing } = useRoom().classroom
  const frame = useRef<HTMLDivElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => viewing.attach(video.current!, canvas.current!), [viewing])
  useEffect(() => viewing.setPicture(picture?.track ?? null), [viewing, picture?.track])
  useShownSize(frame, picture?.consumerId)
  const marked = useWatermark() !== null
  return (
    <div ref={frame} className={classes('absolute inset-0', !visible && 'invisible')}>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody writes captions for a class while it is on */}
      <video
        ref={video}
        playsInline
        // A window of its own shows the picture without the mark.
        disablePictureInPicture={marked}
        aria-label={label}
        data-testid={visible ? 'main-video' : undefined}
        className="size-full object-contain"
      />
      <canvas
        ref={canvas}
        hidden
        aria-hidden
        data-testid="still"
        className="pointer-events-none absolute inset-0 size-full object-contain"
      />
    </div>
  )
}

function SoundOnly() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const heard = useStorePart(classroom.receiving.voices, (voices) => voices.length > 0)
  const speaking = useStorePart(classroom.dominantSpeaker, (peerId) => peerId === lesson.teacher.id)
  return (
    <div className="flex size-full flex-col items-center justify-center gap-4 px-6 text-center">
      <span className={classes('rounded-full transition-shadow duration-200', speaking && 'ring-4 ring-stage-accent')}>
        <Avatar name={lesson.teacher.displayName} staff size="xl" />
      </span>
      <p className="text-on-stage-muted text-sm">{t(heard ? 'room.stage.noPicture' : 'room.stage.waiting')}</p>
    </div>
  )
}

function TapForSound() {
  const { t } = useTranslation()
  const { speakers } = useRoom().classroom
  const { blocked } = useStore(speakers.view)
  if (!blocked) return null
  return (
    <button
      type="button"
      data-testid="tap-to-unmute"
      onClick={() => speakers.unlock()}
      className="absolute inset-x-0 bottom-14 z-10 mx-auto flex w-fit animate-rise items-center gap-2.5 rounded-full bg-on-stage px-5 py-2.5 font-medium text-sm text-stage shadow-raised"
    >
      <Volume2 size={18} aria-hidden />
      {t('room.stage.play')}
    </button>
  )
}
