/** The categories in their order: added, renamed, moved, removed. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, PenLine, Tags, Trash2 } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CategoryList } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { codeOf } from '../api/errors.ts'
import { shelfApi } from '../api/teaching.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { Section } from '../ui/section.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'

type Category = CategoryList['categories'][number]
type Open = { kind: 'new' } | { kind: 'edit' | 'remove'; category: Category } | null

export function Categories() {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [open, setOpen] = useState<Open>(null)
  const { data, error, refetch } = useQuery({ queryKey: ['categories'], queryFn: api.categories, staleTime: 0 })
  const order = useMutation({
    mutationFn: shelfApi.orderCategories,
    onError: (trouble) => tell(textOf(trouble)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['categories'] }),
  })
  const list = data?.categories ?? []
  const move = (place: number, step: -1 | 1) => {
    const ids = list.map(({ id }) => id)
    const [moved] = ids.splice(place, 1)
    ids.splice(place + step, 0, moved!)
    order.mutate(ids)
  }
  return (
    <Section
      title={t('shelf.categories')}
      action={
        <Button size="sm" onClick={() => setOpen({ kind: 'new' })} data-testid="new-category">
          {t('shelf.addCategory')}
        </Button>
      }
    >
      {error && !data ? (
        <Failed error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Skeleton className="h-32 rounded-card" />
      ) : list.length === 0 ? (
        <Empty small icon={<Tags size={28} strokeWidth={1.5} />} title={t('shelf.noCategories')} />
      ) : (
        <ol className="divide-y rounded-card border bg-surface" data-testid="categories">
          {list.map((category, place) => (
            <li key={category.id} className="flex items-center gap-1 px-4 py-2">
              <span className="min-w-0 flex-1 text-sm">
                {category.nameZh} · {category.nameEn}
                <span className="tabular block text-muted text-xs">
                  {category.slug} · {t('shelf.courses', { count: category.courses })}
                </span>
              </span>
              <IconButton
                small
                label={`${t('editor.moveUp')} ${category.nameZh}`}
                icon={<ArrowUp size={16} />}
                disabled={place === 0 || order.isPending}
                onClick={() => move(place, -1)}
              />
              <IconButton
                small
                label={`${t('editor.moveDown')} ${category.nameZh}`}
                icon={<ArrowDown size={16} />}
                disabled={place === list.length - 1 || order.isPending}
                onClick={() => move(place, 1)}
              />
              <IconButton
                small
                label={`${t('actions.edit')} ${category.nameZh}`}
                icon={<PenLine size={16} />}
                onClick={() => setOpen({ kind: 'edit', category })}
              />
              <IconButton
                small
                label={`${t('actions.delete')} ${category.nameZh}`}
                icon={<Trash2 size={16} />}
                onClick={() => setOpen({ kind: 'remove', category })}
              />
            </li>
          ))}
        </ol>
      )}
      {(open?.kind === 'new' || open?.kind === 'edit') && (
        <CategoryDialog category={open.kind === 'edit' ? open.category : null} onClose={() => setOpen(null)} />
      )}
      {open?.kind === 'remove' && <RemoveDialog category={open.category} onClose={() => setOpen(null)} />}
    </Section>
  )
}

function CategoryDialog({ category, onClose }: { category: Category | null; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [mistaken, setMistaken] = useState(false)
  const save = useMutation({
    mutationFn: (form: { slug: string; nameZh: string; nameEn: string }) =>
      category ? shelfApi.changeCategory(category.id, form) : shelfApi.addCategory(form),
    onSuccess: () => {
      tell(t('actions.saved'))
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['categories'] }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [slug, nameZh, nameEn] = ['slug', 'nameZh', 'nameEn'].map((name) => String(form.get(name)).trim())
    const right = /^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug!) && nameZh && nameEn
    setMistaken(!right)
    if (right) save.mutate({ slug: slug!, nameZh, nameEn })
  }
  const trouble = save.error && (codeOf(save.error) === 'conflict' ? t('shelf.slugTaken') : textOf(save.error))
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(category ? 'shelf.editCategory' : 'shelf.addCategory')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="category" look="primary" busy={save.isPending} data-testid="save-category">
            {t('actions.save')}
          </Button>
        </>
      }
    >
      <form id="category" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field name="nameZh" label={t('shelf.nameZh')} defaultValue={category?.nameZh} maxLength={40} />
        <Field name="nameEn" label={t('shelf.nameEn')} defaultValue={category?.nameEn} maxLength={40} />
        <Field
          name="slug"
          label={t('shelf.slug')}
          hint={t('shelf.slugHint')}
          defaultValue={category?.slug}
          maxLength={64}
          autoCapitalize="none"
          error={mistaken ? t('shelf.mistaken') : (trouble ?? undefined)}
        />
      </form>
    </Dialog>
  )
}

function RemoveDialog({ category: { id, nameZh }, onClose }: { category: Category; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => shelfApi.deleteCategory(id),
    onError: (error) => tell(textOf(error)),
    onSettled: () => {
      onClose()
      return queries.invalidateQueries({ queryKey: ['categories'] })
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('shelf.removeCategory', { name: nameZh })}
      text={t('shelf.removeCategoryText')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button look="ink" busy={remove.isPending} onClick={() => remove.mutate()}>
            {t('actions.delete')}
          </Button>
        </>
      }
    />
  )
}
