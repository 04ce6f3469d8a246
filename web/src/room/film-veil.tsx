/** What stands over the broadcast of a class instead of its picture: waiting, a pause, another device. */
import { LoaderCircle, MonitorSmartphone, Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function FilmVeil() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { viewing } = useRoom().classroom
  const { phase, code, waiting, playing } = useStore(viewing.film)
  const { shown, rewound } = useStore(viewing.tiers)
  if (phase === 'closed') return null
  if (phase === 'locked')
    return (
      <p
        role="alert"
        data-testid="film-locked"
        className="absolute inset-0 z-10 flex animate-fade items-center justify-center bg-stage/90 px-6 text-center"
      >
        {textOf({ code })}
      </p>
    )
  if (phase === 'elsewhere')
    return (
      <div
        role="status"
        data-testid="film-elsewhere"
        className="absolute inset-0 z-10 flex animate-fade flex-col items-center justify-center bg-stage/90 px-4 text-center"
      >
        <MonitorSmartphone size={36} strokeWidth={1.5} aria-hidden className="text-on-stage-muted max-sm:hidden" />
        <p className="display mt-3 text-lg">{t('player.takenOver.title')}</p>
        <p className="mt-1 max-w-md text-balance text-on-stage-muted text-sm">{t('room.time.takenOver')}</p>
        <Button look="primary" className="mt-4" onClick={() => viewing.player?.takeOver()} data-testid="film-here">
          {t('player.playHere')}
        </Button>
      </div>
    )
  if (shown === 'broadcast' && phase === 'ready' && rewound && !playing)
    return (
      <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
        <button
          type="button"
          aria-label={t('player.goOn')}
          onClick={() => viewing.play()}
          data-testid="live-go-on"
          className="pointer-events-auto flex size-16 items-center justify-center rounded-full bg-stage-veil text-on-stage transition-transform duration-150 hover:scale-105 sm:size-20"
        >
          <Play size={34} className="ms-1" aria-hidden />
        </button>
      </div>
    )
  if (phase === 'ready' && !waiting && shown === 'broadcast') return null
  return (
    <div
      role="status"
      data-testid="film-waiting"
      className="pointer-events-none absolute inset-0 flex animate-fade flex-col items-center justify-center gap-2"
    >
      <LoaderCircle
        size={40}
        strokeWidth={1.5}
        aria-hidden
        className="animate-spin text-on-stage motion-reduce:animate-none"
      />
      <span className="rounded-control bg-stage-veil px-2.5 py-0.5 text-sm">
        {t(code ? 'room.time.again' : 'player.waiting')}
      </span>
    </div>
  )
}
