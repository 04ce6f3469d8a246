/** All courses on sale. What is looked for is in the address, so that it can be sent, kept and gone back to. */
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import type { CourseSort } from '../../../src/courses/schema.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { Select } from '../ui/select.tsx'
import { CategoryBar, categoryName } from './category-bar.tsx'
import { CourseGrid } from './course-grid.tsx'
import { SearchBox } from './search-box.tsx'
import { useCategories, useCourses } from './use-courses.ts'

const sorts = ['newest', 'popular', 'price_up', 'price_down'] as const satisfies readonly CourseSort[]
const SLUG = /^[a-z0-9-]{1,64}$/

export function CataloguePage() {
  const { t } = useTranslation()
  const { category, search, sort, hrefOf, change } = useChoice()
  const { data: known } = useCategories()
  const chosen = known?.categories.find(({ slug }) => slug === category)
  const title = chosen ? categoryName(chosen) : t('catalogue.title')
  useTitle(title)
  const query = useCourses({ sort, ...(category && { category }), ...(search && { search }) })
  return (
    <main className="mx-auto max-w-6xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-xl sm:text-2xl">{title}</h1>
      <div className="mt-5 flex gap-2 sm:gap-3">
        <SearchBox value={search} onChange={(words) => change({ search: words })} />
        <div className="w-36 shrink-0 sm:w-44">
          <Select
            label={t('catalogue.sort')}
            labelHidden
            value={sort}
            data-testid="course-sort"
            onChange={({ target }) => change({ sort: target.value })}
          >
            {sorts.map((value) => (
              <option key={value} value={value}>
                {t(`catalogue.sorts.${value}`)}
              </option>
            ))}
          </Select>
        </div>
      </div>
      <div className="mt-4 mb-6">
        <CategoryBar chosen={category} hrefOf={(slug) => hrefOf({ category: slug })} />
      </div>
      <p role="status" className="sr-only">
        {!query.isPending && !query.isPlaceholderData && t('catalogue.found', { count: query.list.length })}
      </p>
      <CourseGrid
        query={query}
        {...((category || search) && {
          empty: {
            title: t('catalogue.nothing.title'),
            text: t('catalogue.nothing.text'),
            children: (
              <Link to="/courses" className={buttonClasses()}>
                {t('catalogue.showAll')}
              </Link>
            ),
          },
        })}
      />
    </main>
  )
}

type Choice = Partial<Record<'category' | 'search' | 'sort', string | undefined>>

/** What the address asks for; what it asks for wrongly is left out. */
function useChoice() {
  const [params, setParams] = useSearchParams()
  const asked = params.get('category')
  const category = asked && SLUG.test(asked) ? asked : undefined
  const search = (params.get('search') ?? '').slice(0, 80)
  const sort = sorts.find((value) => value === params.get('sort')) ?? 'newest'
  const changed = (change: Choice) => {
    const next = new URLSearchParams(params)
    for (const [name, value] of Object.entries(change))
      if (value && !(name === 'sort' && value === 'newest')) next.set(name, value)
      else next.delete(name)
    return next
  }
  return {
    category,
    search,
    sort,
    hrefOf: (change: Choice) => {
      const next = changed(change)
      return next.size ? `/courses?${next}` : '/courses'
    },
    change: (change: Choice) => setParams(changed(change), { replace: true }),
  }
}
