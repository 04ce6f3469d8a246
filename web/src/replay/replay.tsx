/** A class that is over, played again: the picture, the board over it, what was said beside it, chapters below. */
import { ArrowLeftRight } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonPage } from '../../../src/courses/schema.ts'
import { playApi } from '../api/play.ts'
import { BoardPage } from '../board/board-page.tsx'
import { insetClasses } from '../board/inset.ts'
import { PurchaseCard } from '../course/purchase-card.tsx'
import { DanmakuLayer } from '../danmaku/danmaku-layer.tsx'
import { DanmakuMenu } from '../danmaku/danmaku-menu.tsx'
import type { Player } from '../player/player.ts'
import { VideoPlayer } from '../player/video-player.tsx'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { Chapters } from './chapters.tsx'
import { mediaTimeAt } from './media-time.ts'
import { ReplayDesk } from './replay-desk.tsx'
import { ReplayLog } from './replay-log.ts'
import { WhatWasSaid } from './what-was-said.tsx'

/** Above the picture that it stands in the corner of. */
const cornerClasses = `${insetClasses} end-3 top-3 z-10`

type Props = {
  page: LessonPage
  /** There is none, or none any more. */
  onGone: () => void
  /** It is to be played anew. */
  onChanged: () => void
}

export function Replay({ page: { lesson, role }, onGone, onChanged }: Props) {
  const { t } = useTranslation()
  const [player, setPlayer] = useState<Player | null>(null)
  const card = (title: string, text: string) =>
    lesson.course && <PurchaseCard courseId={lesson.course.id} title={title} text={text} onStage />
  useGone(player, onGone)
  const log = useReplayLog(player)
  const board = useBoardLook(log)
  return (
    <div className="lg:grid lg:grid-cols-[minmax(0,1fr)_340px] lg:gap-4" data-testid="replay">
      <div className="min-w-0">
        <VideoPlayer
          lessonId={lesson.id}
          title={lesson.title}
          trialEnd={card(t('player.trialOver.title'), t('player.trialOver.text'))}
          locked={card(t('player.rightOver.title'), t('player.rightOver.text'))}
          onPlayer={setPlayer}
          videoClasses={board.look === 'large' ? cornerClasses : 'size-full'}
          over={
            log && (
              <>
                {board.look && <Board log={log} small={board.look === 'small'} onSwap={board.swap} />}
                <Comments log={log} player={player} />
              </>
            )
          }
          controls={<DanmakuMenu />}
        />
        {player && <Chapters player={player} />}
        {player && role && role !== 'student' && (
          <ReplayDesk lessonId={lesson.id} player={player} onChanged={onChanged} onRemoved={onGone} />
        )}
      </div>
      {log && player && <WhatWasSaid log={log} player={player} />}
    </div>
  )
}

function Comments({ log, player }: { log: ReplayLog; player: Player | null }) {
  const [paused, setPaused] = useState(false)
  useEffect(() => {
    if (!player) return
    const look = () => setPaused(!player.view.get().playing)
    look()
    return player.view.subscribe(look)
  }, [player])
  return <DanmakuLayer feed={log.spoken} paused={paused} />
}

/** Tells when there turns out to be no replay. */
function useGone(player: Player | null, onGone: () => void) {
  useEffect(() => {
    if (!player) return
    const look = () => {
      const { phase, code } = player.view.get()
      if (phase === 'failed' && code === 'no_replay') onGone()
    }
    look()
    return player.view.subscribe(look)
  }, [player, onGone])
}

/** The log of the class, moved on with the picture. */
function useReplayLog(player: Player | null): ReplayLog | null {
  const [log, setLog] = useState<ReplayLog | null>(null)
  useEffect(() => {
    if (!player) return
    let made: ReplayLog | null = null
    const follow = () => {
      const { replay, positionMs, eventsUrl } = player.view.get()
      if (!replay || !eventsUrl) return
      if (!made) {
        made = new ReplayLog((afterSeq) => playApi.replayEvents(player.view.get().eventsUrl ?? '', afterSeq))
        setLog(made)
      }
      made.showAt(mediaTimeAt(replay.runs, positionMs))
    }
    follow()
    const unsubscribe = player.view.subscribe(follow)
    return () => {
      unsubscribe()
      made?.close()
      setLog(null)
    }
  }, [player])
  return log
}

/** Whether the board is there at this place, and which of the two is large. */
function useBoardLook(log: ReplayLog | null) {
  const [swapped, setSwapped] = useState(false)
  const [turned, setTurned] = useState(false)
  useEffect(() => {
    if (!log) return
    const look = () => setTurned(log.board.view.get().shown !== null)
    look()
    return log.board.view.subscribe(look)
  }, [log])
  const look = log && turned ? (swapped ? 'small' : 'large') : null
  return { look, swap: () => setSwapped(!swapped) } as const
}

function Board({ log, small, onSwap }: { log: ReplayLog; small: boolean; onSwap: () => void }) {
  const { t } = useTranslation()
  const page = useStorePart(log.board.view, ({ shown }) => shown)
  if (!page) return null
  return (
    <>
      <div className={classes('bg-stage', small ? cornerClasses : 'pointer-events-none absolute inset-0')}>
        <BoardPage board={log.board} page={page} />
      </div>
      <button
        type="button"
        onClick={onSwap}
        aria-label={t('room.stage.swap')}
        title={t('room.stage.swap')}
        data-testid="swap-board"
        className={classes(cornerClasses, 'bg-transparent')}
      >
        <ArrowLeftRight size={14} aria-hidden className="absolute end-1.5 bottom-1.5 opacity-70" />
      </button>
    </>
  )
}
