/** What the students see, as the teacher sees it: the screen with the camera inset, or the camera alone. */
import { MicOff, Presentation } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { BoardPage } from '../board/board-page.tsx'
import { BoardTools } from '../board/board-tools.tsx'
import { usePen } from '../board/use-pen.ts'
import { useRoom } from '../room/classroom-context.ts'
import { FloatingReactions } from '../room/floating-reactions.tsx'
import { TrackView } from '../room/picture-view.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { useStore, useStorePart } from '../use-store.ts'

export function Programme() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const { camera, microphone } = useStore(classroom.own.capture.view)
  const { screen, microphoneMuted } = useStore(classroom.own.view)
  const live = useStorePart(classroom.room, ({ status }) => status === 'live')
  const page = useStorePart(classroom.board.view, ({ shown }) => shown)
  const streaming = useStorePart(classroom.stream, (health) => health !== null)
  const pen = usePen()
  const main = screen ?? camera.track
  const inset = page ? main : screen && camera.track
  return (
    <section
      aria-label={t('room.stage.label')}
      className="on-stage relative size-full overflow-hidden bg-stage text-on-stage lg:rounded-card"
    >
      {page ? (
        <div className="flex size-full flex-col">
          <div className="min-h-0 flex-1">
            <BoardPage board={classroom.board} page={page} pen={pen} />
          </div>
          {pen && <BoardTools page={page} pen={pen} />}
        </div>
      ) : main ? (
        <TrackView
          key={main.id}
          track={main}
          label={t('room.stage.you')}
          mirrored={main === camera.track}
          testId="preview"
        />
      ) : microphone.track ? (
        <div className="flex size-full items-center justify-center">
          <Avatar name={lesson.teacher.displayName} staff size="xl" />
        </div>
      ) : (
        <div className="flex size-full flex-col items-center justify-center gap-3 text-on-stage-muted text-sm">
          <Presentation size={32} strokeWidth={1.5} aria-hidden />
          {t(streaming ? 'room.stream.elsewhere' : 'room.console.emptyStage')}
        </div>
      )}
      {live && <FloatingReactions />}
      {inset && (
        <div className="pointer-events-none absolute end-3 top-3 aspect-video w-1/4 min-w-28 max-w-64 overflow-hidden rounded-control border border-stage-line">
          <TrackView
            key={inset.id}
            track={inset}
            label={t('room.stage.you')}
            mirrored={inset === camera.track}
            cover
            {...(page ? { testId: 'preview' } : {})}
          />
        </div>
      )}
      {live && microphone.track && microphoneMuted && (
        <p
          role="status"
          className="absolute inset-x-0 bottom-3 mx-auto flex w-fit max-w-[90%] items-center gap-2 rounded-full bg-stage-veil px-4 py-1.5 text-sm text-stage-accent"
        >
          <MicOff size={16} aria-hidden />
          {t('room.console.mutedHint')}
        </p>
      )}
    </section>
  )
}
