/** Who was right, and how fast: in the quiz that was just closed, or in the whole class. */
import { useQuery } from '@tanstack/react-query'
import { Trophy } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Standings } from '../../../signaling/protocol/polls.ts'
import { useRoom } from '../room/classroom-context.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Skeleton } from '../ui/states.tsx'
import { useStorePart } from '../use-store.ts'

/** A full room does not ask all at once. */
const SPREAD_MS = 1000

export function Ranking() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const pollSeq = useStorePart(classroom.polls.view, ({ poll }) => poll?.pollSeq ?? 0)
  const [shown, setShown] = useState<'quiz' | 'total'>('quiz')
  const query = useQuery({
    queryKey: ['ranking', lesson.id, pollSeq],
    queryFn: async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS))
      return classroom.polls.ranking()
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  const standings = query.data?.[shown]
  return (
    <section aria-label={t('polls.ranking.title')} className="mt-4 border-t pt-3" data-testid="ranking">
      <div className="flex items-center gap-2">
        <Trophy size={16} aria-hidden className="text-accent" />
        <h3 className="flex-1 font-medium text-sm">{t('polls.ranking.title')}</h3>
        <fieldset aria-label={t('polls.ranking.title')} className="flex gap-1">
          {(['quiz', 'total'] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={shown === name}
              onClick={() => setShown(name)}
              data-testid={`ranking-${name}`}
              className={classes(
                'h-8 rounded-full px-3 text-xs transition-colors duration-150',
                shown === name ? 'bg-sunken font-medium text-text' : 'text-muted hover:text-text',
              )}
            >
              {t(`polls.ranking.${name}`)}
            </button>
          ))}
        </fieldset>
      </div>
      {query.isPending && <Skeleton className="mt-2 h-24" />}
      {query.error && (
        <p role="alert" className="mt-2 flex items-center gap-2 text-muted text-sm">
          {t('polls.ranking.failed')}
          <Button size="sm" onClick={() => void query.refetch()}>
            {t('actions.retry')}
          </Button>
        </p>
      )}
      {standings && <Table standings={standings} />}
    </section>
  )
}

function Table({ standings: { top, own, of } }: { standings: Standings }) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  if (top.length === 0) return <p className="py-3 text-muted text-sm">{t('polls.ranking.none')}</p>
  const listed = top.some(({ person }) => person.peerId === selfId)
  return (
    <>
      <p className="tabular mt-1 text-muted text-xs">{t('polls.ranking.of', { count: of })}</p>
      <ol className="mt-1.5">
        {top.map(({ person, ...score }) => (
          <Line key={person.peerId} name={person.displayName} own={person.peerId === selfId} {...score} />
        ))}
        {own && !listed && <Line name={t('polls.ranking.own')} own {...own} />}
      </ol>
    </>
  )
}

type LineProps = { name: string; own: boolean; place: number; points: number; right: number; tookMs: number }

function Line({ name, own, place, points, right, tookMs }: LineProps) {
  const { t } = useTranslation()
  return (
    <li
      data-testid="ranking-line"
      className={classes('flex items-baseline gap-2.5 rounded-control px-2 py-1 text-sm', own && 'bg-accent-soft')}
    >
      <span
        className={classes('tabular w-6 shrink-0 text-end', place <= 3 ? 'font-semibold text-accent' : 'text-muted')}
      >
        {place}
      </span>
      <span className={classes('min-w-0 flex-1 truncate', own && 'font-medium')}>{name}</span>
      <span className="tabular shrink-0 text-muted text-xs">
        {right > 1
          ? t('polls.ranking.rightOnes', { count: right })
          : t('polls.ranking.took', { value: (tookMs / 1000).toFixed(1) })}
      </span>
      <span className="tabular w-16 shrink-0 text-end text-xs">{t('polls.ranking.points', { count: points })}</span>
    </li>
  )
}
