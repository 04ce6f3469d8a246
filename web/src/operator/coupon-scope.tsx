/** What a coupon is for: everything, one course, or one membership. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewCoupon } from '../../../src/orders/schema.ts'
import { api } from '../api/api.ts'
import { Field } from '../ui/field.tsx'
import { Select } from '../ui/select.tsx'

const kinds = ['all', 'course', 'plan'] as const
/** `id`: empty while nothing is chosen. */
export type Scope = { kind: (typeof kinds)[number]; id: string }
export const everything: Scope = { kind: 'all', id: '' }

/** As the server takes it; undefined while it is not said which course or membership. */
export function scopeFields({ kind, id }: Scope): Pick<NewCoupon, 'courseId' | 'planId'> | undefined {
  if (kind === 'all') return {}
  if (id === '') return
  return kind === 'course' ? { courseId: id } : { planId: id }
}

type Props = { scope: Scope; onChange: (scope: Scope) => void; error: string | undefined }

export function ScopeChoice({ scope, onChange, error }: Props) {
  const { t } = useTranslation()
  return (
    <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
      <Select
        label={t('operator.column.scope')}
        value={scope.kind}
        data-testid="coupon-scope"
        onChange={({ target }) => onChange({ kind: target.value as Scope['kind'], id: '' })}
      >
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`operator.scope.${kind}`)}
          </option>
        ))}
      </Select>
      {scope.kind === 'course' && <CourseChoice scope={scope} onChange={onChange} />}
      {scope.kind === 'plan' && <PlanChoice scope={scope} onChange={onChange} />}
      {error && (
        <p role="alert" className="text-accent text-sm sm:col-span-2">
          {error}
        </p>
      )}
    </div>
  )
}

type ChoiceProps = Omit<Props, 'error'>

function CourseChoice({ scope, onChange }: ChoiceProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const found = useQuery({
    queryKey: ['operator', 'coupon-courses', search],
    queryFn: () => api.courses({ ...(search.trim() && { search: search.trim() }) }),
    placeholderData: (before) => before,
  })
  return (
    <>
      <Field
        type="search"
        label={t('operator.scope.findCourse')}
        value={search}
        maxLength={64}
        onChange={({ target }) => {
          setSearch(target.value)
          onChange({ ...scope, id: '' })
        }}
      />
      <div className="sm:col-span-2">
        <Titles
          label={t('operator.scope.chosenCourse')}
          things={found.data?.courses ?? []}
          scope={scope}
          onChange={onChange}
        />
      </div>
    </>
  )
}

function PlanChoice({ scope, onChange }: ChoiceProps) {
  const { t } = useTranslation()
  const found = useQuery({ queryKey: ['operator', 'coupon-plans'], queryFn: () => api.membershipPlans() })
  return (
    <Titles label={t('operator.scope.chosenPlan')} things={found.data?.plans ?? []} scope={scope} onChange={onChange} />
  )
}

type Thing = { id: string; title: string }

function Titles({ label, things, scope, onChange }: ChoiceProps & { label: string; things: Thing[] }) {
  const { t } = useTranslation()
  return (
    <Select
      label={label}
      value={scope.id}
      data-testid="coupon-thing"
      onChange={({ target }) => onChange({ ...scope, id: target.value })}
    >
      <option value="">{t('operator.scope.choose')}</option>
      {things.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </Select>
  )
}
