/** Operators: how full this node is, its tuning, and what an audience would need. */
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { NodeState } from '../../../src/capacity/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { Pill } from '../ui/pills.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { Section } from '../ui/section.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { OperatorFrame } from './operator-frame.tsx'
import { Planner } from './planner.tsx'
import { TuningForm } from './tuning-form.tsx'

const LOOK_EVERY_MS = 3000

type Worker = NodeState['workers'][number]
type OpenRoom = NodeState['rooms'][number]

export function OperatorNodePage() {
  const { t } = useTranslation()
  const node = useQuery({
    queryKey: ['operator', 'node'],
    queryFn: operatorApi.node,
    refetchInterval: LOOK_EVERY_MS,
  })
  return (
    <OperatorFrame place="node">
      {node.error && !node.data && <Failed error={node.error} onRetry={() => void node.refetch()} />}
      {node.isPending && <Skeleton className="h-48" />}
      {node.data && <Node node={node.data} />}
      {node.data && (
        <Section title={t('operator.node.planner')}>
          <Planner machine={node.data.machine} />
        </Section>
      )}
    </OperatorFrame>
  )
}

function Node({ node: { workers, rooms, tuning } }: { node: NodeState }) {
  const { t } = useTranslation()
  const columns: Column<Worker>[] = [
    {
      name: t('operator.node.worker'),
      place: 'title',
      cell: ({ index, retiring }) => (
        <>
          {index + 1} {retiring && <Pill>{t('operator.node.retiring')}</Pill>}
        </>
      ),
    },
    { name: t('operator.node.load'), cell: ({ load }) => <Load percent={Math.round(load * 100)} /> },
    {
      name: t('operator.node.consumers'),
      figures: true,
      cell: ({ consumers, limit }) => `${consumers} / ${limit}`,
    },
    { name: t('operator.node.viewers'), figures: true, cell: ({ viewers }) => viewers },
    { name: t('operator.node.classes'), figures: true, cell: ({ rooms }) => rooms },
    { name: t('operator.node.pipes'), figures: true, cell: ({ pipes }) => pipes },
  ]
  const roomColumns: Column<OpenRoom>[] = [
    {
      name: t('operator.subject.lesson'),
      place: 'title',
      cell: ({ lessonId, title }) => (
        <Link to={`/lessons/${lessonId}`} className="underline underline-offset-4">
          {title || lessonId}
        </Link>
      ),
    },
    { name: t('operator.node.people'), figures: true, cell: ({ people }) => people },
    { name: t('operator.node.overHls'), figures: true, cell: ({ broadcastViewers }) => broadcastViewers },
  ]
  return (
    <>
      <Table label={t('operator.node.workers')} columns={columns} rows={workers} keyOf={({ index }) => String(index)} />
      <TuningForm tuning={tuning} />
      <Section title={t('operator.node.rooms')}>
        {rooms.length === 0 ? (
          <p className="text-muted text-sm">{t('operator.node.noRooms')}</p>
        ) : (
          <Table
            label={t('operator.node.rooms')}
            columns={roomColumns}
            rows={rooms}
            keyOf={({ lessonId }) => lessonId}
          />
        )}
      </Section>
    </>
  )
}

function Load({ percent }: { percent: number }) {
  const { t } = useTranslation()
  return (
    <span className="flex min-w-32 items-center gap-3">
      <ProgressBar label={t('operator.node.load')} percent={Math.min(percent, 100)} className="flex-1" />
      <span className="tabular w-10 text-end text-muted text-xs">{percent} %</span>
    </span>
  )
}
