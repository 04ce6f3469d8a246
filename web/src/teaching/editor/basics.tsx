/** What a course is: words, cover, price. It saves itself. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CourseChange, CourseDraft } from '../../../../src/courses/schema.ts'
import { api } from '../../api/api.ts'
import { teachingApi } from '../../api/teaching.ts'
import { currentLanguage } from '../../i18n/i18n.ts'
import { AmountField, fenOf, yuanOf } from '../../ui/amount-field.tsx'
import { Field, TextField } from '../../ui/field.tsx'
import { MarkdownField } from '../../ui/markdown-field.tsx'
import { Select } from '../../ui/select.tsx'
import { ConflictCard, SaveNote } from '../save-note.tsx'
import { type Form, useAutosave } from '../use-autosave.ts'
import { CoverField } from './cover-field.tsx'
import { draftKey } from './keys.ts'

type Values = Omit<Required<CourseChange>, 'version'>

const valuesOf = (draft: CourseDraft): Values => ({
  title: draft.title,
  summary: draft.summary,
  intro: draft.intro,
  categoryId: draft.category?.id ?? null,
  coverFileId: draft.cover?.id ?? null,
  priceFen: draft.priceFen,
  listPriceFen: draft.listPriceFen,
  accessDays: draft.accessDays,
})

export function Basics({ draft }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [title, setTitle] = useState<string | null>(null)
  const [priceMistaken, setPriceMistaken] = useState(false)
  const keep = (saved: CourseDraft) => {
    queries.setQueryData(draftKey(draft.id), saved)
    return saved
  }
  const form = useAutosave<Values, CourseDraft>({
    key: `course ${draft.id}`,
    document: draft,
    read: valuesOf,
    save: async (change) => keep(await teachingApi.changeCourse(draft.id, change)),
    load: async () => keep(await teachingApi.course(draft.id)),
  })
  const { values, change } = form
  const changeTitle = (text: string) => {
    setTitle(text)
    if (text.trim()) change({ title: text })
  }
  const titleMissing = title !== null && !title.trim()
  return (
    <div>
      <ConflictCard form={form} />
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <Field
            label={t('editor.title')}
            value={title ?? values.title}
            maxLength={120}
            error={titleMissing ? t('account.required') : undefined}
            onChange={(event) => changeTitle(event.target.value)}
          />
          <TextField
            label={t('editor.summary')}
            hint={t('editor.summaryHint')}
            rows={2}
            maxLength={200}
            value={values.summary}
            onChange={(event) => change({ summary: event.target.value })}
          />
          <MarkdownField
            label={t('editor.intro')}
            hint={t('editor.introHint')}
            placeholder={t('editor.introPlaceholder')}
            maxLength={20_000}
            rows={14}
            value={values.intro}
            onChange={(intro) => change({ intro })}
          />
        </div>
        <div className="flex flex-col gap-5">
          <CoverField draft={draft} onChange={(coverFileId) => change({ coverFileId })} />
          <CategoryField value={values.categoryId} onChange={(categoryId) => change({ categoryId })} />
          <PriceFields form={form} onMistake={setPriceMistaken} />
          <AccessField value={values.accessDays} onChange={(accessDays) => change({ accessDays })} />
        </div>
      </div>
      <div className="sticky bottom-0 mt-6 border-t bg-page py-2">
        <SaveNote state={form.state} retry={form.retry} mistaken={titleMissing || priceMistaken} />
      </div>
    </div>
  )
}

type FieldProps<T> = { value: T; onChange: (value: T) => void }

function CategoryField({ value, onChange }: FieldProps<string | null>) {
  const { t } = useTranslation()
  const { data } = useQuery({ queryKey: ['categories'], queryFn: api.categories })
  return (
    <Select label={t('editor.category')} value={value ?? ''} onChange={(event) => onChange(event.target.value || null)}>
      <option value="">{t('editor.noCategory')}</option>
      {data?.categories.map(({ id, nameZh, nameEn }) => (
        <option key={id} value={id}>
          {currentLanguage() === 'en' ? nameEn : nameZh}
        </option>
      ))}
    </Select>
  )
}

type PriceProps = { form: Pick<Form<Values>, 'values' | 'change'>; onMistake: (mistaken: boolean) => void }

/** The two prices are saved together, and only when they make sense together. */
function PriceFields({ form: { values, change }, onMistake }: PriceProps) {
  const { t } = useTranslation()
  const [texts, setTexts] = useState({
    price: yuanOf(values.priceFen),
    list: values.listPriceFen === null ? '' : yuanOf(values.listPriceFen),
  })
  const mistakes = mistakesIn(texts)
  const type = (part: Partial<typeof texts>) => {
    const next = { ...texts, ...part }
    setTexts(next)
    const { price, list } = mistakesIn(next)
    onMistake(Boolean(price || list))
    if (!price && !list)
      change({ priceFen: fenOf(next.price)!, listPriceFen: next.list.trim() ? fenOf(next.list)! : null })
  }
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-1 xl:grid-cols-2">
      <AmountField
        label={t('editor.price')}
        hint={t('editor.priceHint')}
        value={texts.price}
        error={mistakes.price && t(`editor.${mistakes.price}`)}
        onChange={(event) => type({ price: event.target.value })}
      />
      <AmountField
        label={t('editor.listPrice')}
        hint={t('editor.listPriceHint')}
        value={texts.list}
        error={mistakes.list && t(`editor.${mistakes.list}`)}
        onChange={(event) => type({ list: event.target.value })}
      />
    </div>
  )
}

const MOST_FEN = 100_000_000

function mistakesIn({ price, list }: { price: string; list: string }) {
  const [fen, listFen] = [fenOf(price), fenOf(list)]
  return {
    price: fen === undefined || fen > MOST_FEN ? ('noAmount' as const) : undefined,
    list:
      list.trim() === ''
        ? undefined
        : listFen === undefined || listFen > MOST_FEN
          ? ('noAmount' as const)
          : fen !== undefined && listFen <= fen
            ? ('listTooLow' as const)
            : undefined,
  }
}

const usualDays = [30, 90, 180, 365, 730]

function AccessField({ value, onChange }: FieldProps<number | null>) {
  const { t } = useTranslation()
  const choices = [...new Set([...usualDays, ...(value === null ? [] : [value])])].sort((a, b) => a - b)
  return (
    <Select
      label={t('editor.access')}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value ? Number(event.target.value) : null)}
    >
      <option value="">{t('course.forGood')}</option>
      {choices.map((days) => (
        <option key={days} value={days}>
          {t('course.forDays', { count: days })}
        </option>
      ))}
    </Select>
  )
}
