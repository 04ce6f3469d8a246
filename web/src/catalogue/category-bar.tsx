/** The categories in one line that scrolls, as links: what one looks at is in the address. */
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Category } from '../../../src/courses/schema.ts'
import { count } from '../format.ts'
import { currentLanguage } from '../i18n/i18n.ts'
import { classes } from '../ui/classes.ts'
import { Skeleton } from '../ui/states.tsx'
import { useCategories } from './use-courses.ts'

export const categoryName = ({ nameZh, nameEn }: Category) => (currentLanguage() === 'en' ? nameEn : nameZh)

/** `hrefOf` says where a category leads; undefined stands for all of them. */
type Props = { chosen?: string | undefined; hrefOf: (slug: string | undefined) => string }

export function CategoryBar({ chosen, hrefOf }: Props) {
  const { t } = useTranslation()
  const { data, isPending } = useCategories()
  if (isPending) return <Skeleton className="h-9 w-80 max-w-full rounded-full" />
  const categories = data?.categories.filter(({ slug, courses }) => courses > 0 || slug === chosen) ?? []
  if (categories.length === 0) return null
  return (
    <nav aria-label={t('catalogue.categories')} className="scroll-quiet -mx-4 overflow-x-auto px-4 sm:mx-0 sm:px-0">
      <ul className="flex w-max gap-2 py-1">
        <Chip to={hrefOf(undefined)} current={!chosen}>
          {t('catalogue.all')}
        </Chip>
        {categories.map((category) => (
          <Chip key={category.id} to={hrefOf(category.slug)} current={category.slug === chosen}>
            {categoryName(category)}
            <span className="tabular ms-1.5 opacity-60">{count(category.courses)}</span>
          </Chip>
        ))}
      </ul>
    </nav>
  )
}

function Chip({ to, current, children }: { to: string; current: boolean; children: React.ReactNode }) {
  return (
    <li>
      <Link
        to={to}
        aria-current={current ? 'page' : undefined}
        className={classes(
          'flex h-9 items-center whitespace-nowrap rounded-full border px-4 text-sm transition-colors duration-150',
          current ? 'border-ink bg-ink text-on-ink' : 'border-line-strong bg-surface hover:bg-sunken',
        )}
      >
        {children}
      </Link>
    </li>
  )
}
