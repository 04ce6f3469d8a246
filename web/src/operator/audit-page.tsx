/** Operators: who did what with more than ordinary rights. */
import { ScrollText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { AuditPage } from '../../../src/audit/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment } from '../format.ts'
import { Paged } from '../ui/paged.tsx'
import { Empty } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { AuditDetails } from './audit-details.tsx'
import { OperatorFrame } from './operator-frame.tsx'

type Entry = AuditPage['entries'][number]

export function OperatorAuditPage() {
  const { t } = useTranslation()
  const pages = usePages(['operator', 'audit'], async (after) => {
    const { entries, next } = await operatorApi.audit({ after })
    return { items: entries, next }
  })
  const columns: Column<Entry>[] = [
    { name: t('operator.column.action'), place: 'title', cell: (entry) => <Deed entry={entry} /> },
    { name: t('operator.column.details'), place: 'body', cell: (entry) => <AuditDetails entry={entry} /> },
    { name: t('operator.column.actor'), cell: (entry) => <Actor entry={entry} /> },
    { name: t('operator.column.at'), figures: true, cell: ({ at }) => fullMoment(at) },
  ]
  return (
    <OperatorFrame place="audit">
      <Paged
        pages={pages}
        empty={<Empty small icon={<ScrollText size={28} strokeWidth={1.5} />} title={t('operator.noAudit')} />}
      >
        {(list) => <Table label={t('operator.place.audit')} columns={columns} rows={list} keyOf={({ id }) => id} />}
      </Paged>
    </OperatorFrame>
  )
}

/** What was done, and to what. */
function Deed({ entry: { action, subject, subjectName, details, subjectId } }: { entry: Entry }) {
  const { t } = useTranslation()
  const address = addressOf[subject]?.(subjectId, details)
  const name = subjectName ?? nameIn(details)
  const shown = [t(`operator.subject.${subject}`), name].filter(Boolean).join(' ')
  return (
    <>
      {t(`operator.did.${action}`)}{' '}
      {address ? (
        <Link to={address} className="text-accent underline underline-offset-4">
          {shown}
        </Link>
      ) : (
        <span className="text-muted">{shown}</span>
      )}
    </>
  )
}

function Actor({ entry: { actor, actorId } }: { entry: Entry }) {
  const { t } = useTranslation()
  return <>{actor ?? t(actorId === null ? 'operator.server' : 'operator.personGone')}</>
}

type Details = Entry['details']

const addressOf: Partial<Record<Entry['subject'], (id: string, details: Details) => string | undefined>> = {
  course: (id) => `/courses/${encodeURIComponent(id)}`,
  review: (_, { courseId }) => (courseId ? `/courses/${encodeURIComponent(String(courseId))}` : undefined),
  refund: (_, { orderId }) => (orderId ? `/operator/orders/${encodeURIComponent(String(orderId))}` : undefined),
}

/** What has no name of its own any more, by the one it had then. */
function nameIn({ nameZh, nameEn, after }: Details): string | undefined {
  const { nameZh: zh = nameZh, nameEn: en = nameEn } = (after ?? {}) as Details
  return zh && en ? `${zh} · ${en}` : undefined
}
