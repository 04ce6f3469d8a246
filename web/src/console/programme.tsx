/** What the students see, as the teacher sees it: the screen with the camera inset, or the camera alone. */
import { MicOff, Presentation } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useRoom } from '../room/classroom-context.ts'
import { TrackView } from '../room/picture-view.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { useStore, useStorePart } from '../use-store.ts'

export function Programme() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const { camera, microphone } = useStore(classroom.own.capture.view)
  const { screen, microphoneMuted } = useStore(classroom.own.view)
  const live = useStorePart(classroom.room, ({ status }) => status === 'live')
  const main = screen ?? camera.track
  return (
    <section
      aria-label={t('room.stage.label')}
      className="on-stage relative size-full overflow-hidden bg-stage text-on-stage lg:rounded-card"
    >
      {main ? (
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
          {t('room.console.emptyStage')}
        </div>
      )}
      {screen && camera.track && (
        <div className="absolute end-3 top-3 aspect-video w-1/4 min-w-28 max-w-64 overflow-hidden rounded-control border border-stage-line">
          <TrackView track={camera.track} label={t('room.stage.you')} mirrored cover />
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
