/** A membership is made or changed: what it costs, for how long, and what it opens. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewPlan, PlanDraft } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { shelfApi } from '../api/teaching.ts'
import { usePages } from '../api/use-pages.ts'
import { useErrorText } from '../i18n/texts.ts'
import { AmountField, fenOf, yuanOf } from '../ui/amount-field.tsx'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'

type Mistake = 'title' | 'price' | 'list' | 'days'

export function PlanDialog({ plan, onClose }: { plan: PlanDraft | null; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [mistakes, setMistakes] = useState<Mistake[]>([])
  const [all, setAll] = useState(plan?.allCourses ?? true)
  const [chosen, setChosen] = useState<string[]>(plan?.courses.map(({ id }) => id) ?? [])
  const save = useMutation({
    mutationFn: (form: NewPlan) => (plan ? shelfApi.changePlan(plan.id, form) : shelfApi.addPlan(form)),
    onSuccess: () => {
      tell(t('actions.saved'))
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['operator', 'plans'] }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const { form, wrong } = readForm(new FormData(event.currentTarget))
    setMistakes(wrong)
    if (form) save.mutate({ ...form, allCourses: all, courseIds: all ? [] : chosen })
  }
  const wrong = (name: Mistake, text: string) => (mistakes.includes(name) ? text : undefined)
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t(plan ? 'shelf.editPlan' : 'shelf.addPlan')}
      text={plan ? t('shelf.planKeeps') : undefined}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="plan" look="primary" busy={save.isPending} data-testid="save-plan">
            {t('actions.save')}
          </Button>
        </>
      }
    >
      <form id="plan" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          name="title"
          label={t('editor.title')}
          defaultValue={plan?.title}
          maxLength={120}
          error={wrong('title', t('account.required'))}
        />
        <TextField
          name="description"
          rows={2}
          label={t('shelf.description')}
          defaultValue={plan?.description}
          maxLength={2000}
        />
        <div className="grid gap-4 sm:grid-cols-3">
          <AmountField
            name="price"
            label={t('editor.price')}
            defaultValue={plan ? yuanOf(plan.priceFen) : ''}
            error={wrong('price', t('editor.noAmount'))}
          />
          <AmountField
            name="list"
            label={t('editor.listPrice')}
            defaultValue={plan?.listPriceFen ? yuanOf(plan.listPriceFen) : ''}
            error={wrong('list', t('editor.listTooLow'))}
          />
          <Field
            name="days"
            label={t('shelf.days')}
            inputMode="numeric"
            defaultValue={plan?.days ?? 365}
            maxLength={4}
            error={wrong('days', t('shelf.noDays'))}
          />
        </div>
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            name="onSale"
            defaultChecked={plan?.onSale ?? false}
            className="size-4 accent-accent-fill"
          />
          {t('shelf.onSale')}
        </label>
        <label className="flex items-center gap-2 text-sm">
          <input
            type="checkbox"
            checked={all}
            className="size-4 accent-accent-fill"
            onChange={(event) => setAll(event.target.checked)}
          />
          {t('shelf.allCourses')}
        </label>
        {!all && <CourseChoice chosen={chosen} onChange={setChosen} />}
        {save.error && (
          <p role="alert" className="rounded-control bg-accent-soft px-3 py-2 text-accent text-sm">
            {textOf(save.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}

function readForm(data: FormData): { form?: NewPlan; wrong: Mistake[] } {
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const [priceFen, listFen] = [fenOf(text('price')), text('list') ? fenOf(text('list')) : null]
  const days = Number(text('days'))
  const wrong: Mistake[] = [
    ...(text('title') ? [] : ['title' as const]),
    ...(priceFen === undefined ? ['price' as const] : []),
    ...(listFen === undefined || (listFen !== null && listFen <= (priceFen ?? 0)) ? ['list' as const] : []),
    ...(Number.isInteger(days) && days >= 1 && days <= 3660 ? [] : ['days' as const]),
  ]
  if (wrong.length > 0 || priceFen === undefined || listFen === undefined) return { wrong }
  const onSale = data.get('onSale') !== null
  return {
    wrong,
    form: { title: text('title'), description: text('description'), priceFen, listPriceFen: listFen, days, onSale },
  }
}

function CourseChoice({ chosen, onChange }: { chosen: string[]; onChange: (ids: string[]) => void }) {
  const { t } = useTranslation()
  const pages = usePages(['operator', 'courses-to-choose'], async (after) => {
    const { courses, next } = await api.courses(after ? { after } : {})
    return { items: courses, next }
  })
  return (
    <fieldset className="rounded-control border p-3">
      <legend className="px-1 font-medium text-sm">{t('shelf.chosen', { count: chosen.length })}</legend>
      <div className="scroll-quiet flex max-h-56 flex-col gap-2 overflow-y-auto">
        {pages.list.map(({ id, title }) => (
          <label key={id} className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              checked={chosen.includes(id)}
              className="mt-1 size-4 shrink-0 accent-accent-fill"
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))
              }
            />
            {title}
          </label>
        ))}
        {pages.hasNextPage && (
          <Button size="sm" look="ghost" busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('actions.loadMore')}
          </Button>
        )}
      </div>
    </fieldset>
  )
}
