/** What stands over the picture instead of it: waiting, another device, a trial that is over, a right that has ended. */
import { CloudOff, LoaderCircle, MonitorSmartphone, Play, RotateCcw } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import type { Player, PlayerView } from './player.ts'

type Props = { player: Player; view: PlayerView; trialEnd: ReactNode; locked: ReactNode }

export function Overlay({ player, view, trialEnd, locked }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const { phase, code } = view
  if (phase === 'elsewhere')
    return (
      <Card
        testId="player-elsewhere"
        icon={<MonitorSmartphone size={36} strokeWidth={1.5} />}
        title={t(code === 'taken_over' ? 'player.takenOver.title' : 'player.elsewhere.title')}
        text={t(code === 'taken_over' ? 'player.takenOver.text' : 'player.elsewhere.text')}
      >
        <Button look="primary" onClick={() => void player.takeOver()} data-testid="play-here">
          {t('player.playHere')}
        </Button>
      </Card>
    )
  if (phase === 'failed')
    return (
      <Card
        testId="player-failed"
        icon={<CloudOff size={36} strokeWidth={1.5} />}
        title={t('player.failed')}
        text={textOf({ code })}
      >
        <Button look="primary" onClick={() => void player.retry()}>
          {t('actions.retry')}
        </Button>
      </Card>
    )
  if (phase === 'locked') return <Veil testId="player-locked">{locked}</Veil>
  if (view.trialOver)
    return (
      <Veil testId="trial-over">
        {trialEnd}
        <button
          type="button"
          onClick={() => {
            player.seek(0)
            player.play()
          }}
          className="mt-3 inline-flex items-center gap-1.5 rounded-control text-on-stage-muted text-sm hover:text-on-stage"
        >
          <RotateCcw size={15} aria-hidden />
          {t('player.trialAgain')}
        </button>
      </Veil>
    )
  if (phase === 'opening' || view.waiting)
    return <Waiting text={t(code === 'offline' ? 'player.offline' : 'player.waiting')} />
  if (!view.playing) return <BigPlay player={player} view={view} />
  return null
}

const Veil = ({ children, testId }: { children: ReactNode; testId: string }) => (
  <div
    className="absolute inset-0 z-10 flex animate-fade flex-col items-center justify-center overflow-y-auto bg-stage/90 px-4 py-3"
    data-testid={testId}
    role="status"
  >
    {children}
  </div>
)

type CardProps = { icon: ReactNode; title: string; text: string; children: ReactNode; testId: string }

const Card = ({ icon, title, text, children, testId }: CardProps) => (
  <Veil testId={testId}>
    <span aria-hidden className="text-on-stage-muted max-sm:hidden">
      {icon}
    </span>
    <p className="display mt-3 text-center text-lg">{title}</p>
    <p className="mt-1 max-w-md text-balance text-center text-on-stage-muted text-sm">{text}</p>
    <div className="mt-4">{children}</div>
  </Veil>
)

const Waiting = ({ text }: { text: string }) => (
  <div
    role="status"
    className="pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-2"
    data-testid="player-waiting"
  >
    <LoaderCircle
      size={40}
      strokeWidth={1.5}
      aria-hidden
      className="animate-spin text-on-stage motion-reduce:animate-none"
    />
    <span className="rounded-control bg-stage-veil px-2.5 py-0.5 text-sm">{text}</span>
  </div>
)

/** Also says where it goes on. */
function BigPlay({ player, view }: { player: Player; view: PlayerView }) {
  const { t } = useTranslation()
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center">
      <button
        type="button"
        aria-label={t(view.ended ? 'player.again' : view.positionMs > 0 ? 'player.goOn' : 'player.play')}
        onClick={player.play}
        data-testid="big-play"
        className="pointer-events-auto flex size-16 items-center justify-center rounded-full bg-stage-veil text-on-stage transition-transform duration-150 hover:scale-105 sm:size-20"
      >
        {view.ended ? <RotateCcw size={30} aria-hidden /> : <Play size={34} className="ms-1" aria-hidden />}
      </button>
    </div>
  )
}
