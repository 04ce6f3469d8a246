/** The details of an entry of the audit log, in words. */
import type { TFunction } from 'i18next'
import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AuditPage } from '../../../src/audit/schema.ts'
import { count, fullMoment, money } from '../format.ts'
import type { zh } from '../i18n/zh/index.ts'
import { changesOf } from './audit-changes.ts'

type Entry = AuditPage['entries'][number]
type Known = keyof typeof zh.operator.detail

export function AuditDetails({ entry: { action, details, subjectName } }: { entry: Entry }) {
  const { t } = useTranslation()
  // What is named beside it is not said twice.
  const changes = changesOf(details).filter(({ after }) => after !== subjectName)
  if (changes.length === 0) return null
  return (
    <dl className="flex flex-col gap-0.5 text-xs">
      {changes.map(({ name, before, after }) => (
        <div key={name} className="flex flex-wrap gap-x-2">
          <dt className="text-muted">{t(`operator.detail.${name as Known}`, { defaultValue: name })}</dt>
          <dd className="tabular flex min-w-0 flex-wrap items-center gap-x-1.5 break-words">
            {before !== undefined && (
              <>
                <span className="text-muted">{wordsOf(t, action, name, before)}</span>
                <ArrowRight size={12} aria-hidden className="text-muted" />
              </>
            )}
            <span className="min-w-0 break-words">{wordsOf(t, action, name, after)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function wordsOf(t: TFunction, action: Entry['action'], name: string, value: unknown): string {
  if (value === null) return t('operator.detail.none')
  if (typeof value === 'boolean') return t(value ? 'operator.detail.yes' : 'operator.detail.no')
  if (typeof value === 'number')
    return name.endsWith('Fen') ? money(value) : name.endsWith('At') ? fullMoment(value) : count(value)
  if (typeof value !== 'string') return JSON.stringify(value)
  if (name === 'how' && action === 'watermarkTampered')
    return t(`operator.tampering.${value as keyof typeof zh.operator.tampering}`, { defaultValue: value })
  if (name === 'state' && action === 'roleChanged')
    return t(`roles.${value as keyof typeof zh.roles}`, { defaultValue: value })
  if (name === 'state' && action === 'courseStatusSet')
    return t(`teaching.courseStatus.${value as keyof typeof zh.teaching.courseStatus}`, { defaultValue: value })
  return value
}
