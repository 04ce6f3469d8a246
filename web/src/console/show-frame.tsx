/** Says that the class is seen on the first page while it is live, and lets the teacher switch that off. */
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/api.ts'
import { LiveFrame } from '../classroom/live-frame.ts'
import { consoleLog } from '../classroom/log.ts'
import { frameShown, setFrameShown } from '../preferences.ts'
import { useRoom } from '../room/classroom-context.ts'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'

export function ShowFrame({ detailed, className }: { detailed?: boolean; className?: string }) {
  const { t } = useTranslation()
  const shown = useStore(frameShown)
  return (
    <label
      title={t('room.console.showFrameHint')}
      className={classes('flex items-start gap-2 text-muted text-sm', className)}
    >
      <input
        type="checkbox"
        data-testid="show-frame"
        checked={shown}
        onChange={({ target }) => setFrameShown(target.checked)}
        className="mt-1 size-4 shrink-0 accent-accent-fill"
      />
      <span className="min-w-0">
        <span className={classes(detailed && 'block text-text')}>{t('room.console.showFrame')}</span>
        {detailed && <span className="text-xs">{t('room.console.showFrameHint')}</span>}
      </span>
    </label>
  )
}

/** Sends the picture that students see, as long as the class is live and the teacher does not mind. */
export function useLiveFrame() {
  const { classroom, lesson } = useRoom()
  const live = useStorePart(classroom.room, ({ status }) => status === 'live')
  const shown = useStore(frameShown)
  useEffect(() => {
    if (!live || !shown) return
    const { own } = classroom
    const frame = new LiveFrame({
      picture: () => (own.view.get().onAir ? (own.view.get().screen ?? own.capture.view.get().camera.track) : null),
      send: (jpeg) => api.sendFrame(lesson.id, jpeg),
      remove: () => api.removeFrame(lesson.id),
      log: consoleLog,
    })
    return () => frame.stop()
  }, [live, shown, classroom, lesson.id])
}
