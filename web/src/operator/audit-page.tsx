/** Operators: who did what with more than ordinary rights. */
import { ScrollText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AuditPage } from '../../../src/audit/schema.ts'
import { operatorApi } from '../api/operator.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment } from '../format.ts'
import { Paged } from '../ui/paged.tsx'
import { Empty } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { OperatorFrame } from './operator-frame.tsx'

type Entry = AuditPage['entries'][number]

export function OperatorAuditPage() {
  const { t } = useTranslation()
  const pages = usePages(['operator', 'audit'], async (after) => {
    const { entries, next } = await operatorApi.audit({ after })
    return { items: entries, next }
  })
  const columns: Column<Entry>[] = [
    { name: t('operator.column.at'), cell: ({ at }) => <span className="tabular">{fullMoment(at)}</span> },
    { name: t('operator.column.actor'), cell: ({ actor }) => actor ?? t('operator.server') },
    { name: t('operator.column.action'), cell: ({ action }) => <code className="text-xs">{action}</code> },
    {
      name: t('operator.column.subject'),
      cell: ({ subject, subjectId }) => (
        <code className="break-all text-xs">
          {subject} {subjectId}
        </code>
      ),
    },
    {
      name: t('operator.column.details'),
      cell: ({ details }) =>
        Object.keys(details).length > 0 && (
          <code className="break-all text-muted text-xs">{JSON.stringify(details)}</code>
        ),
    },
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
