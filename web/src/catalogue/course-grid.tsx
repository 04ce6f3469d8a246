/** Courses side by side, with what stands there while they come, where there are none, and where they cannot be had. */
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Empty, Failed } from '../ui/states.tsx'
import { CourseCard, CourseCardSkeleton } from './course-card.tsx'
import type { useCourses } from './use-courses.ts'

const gridClasses = 'grid grid-cols-2 gap-3 sm:gap-5 lg:grid-cols-3 xl:grid-cols-4'

type Query = Pick<
  ReturnType<typeof useCourses>,
  | 'list'
  | 'isPending'
  | 'error'
  | 'isPlaceholderData'
  | 'refetch'
  | 'hasNextPage'
  | 'isFetchingNextPage'
  | 'fetchNextPage'
>
type Props = { query: Query; empty?: { title: string; text: string; children?: ReactNode } }

export function CourseGrid({ query, empty }: Props) {
  const { t } = useTranslation()
  const { list, isPending, error, isPlaceholderData } = query
  if (isPending)
    return (
      <div className={gridClasses} role="status" aria-label={t('catalogue.loading')}>
        {[1, 2, 3, 4].map((place) => (
          <CourseCardSkeleton key={place} />
        ))}
      </div>
    )
  if (error && list.length === 0)
    return <Failed error={error} title={t('catalogue.failed')} onRetry={() => void query.refetch()} />
  if (list.length === 0)
    return (
      <div className="rounded-card border border-dashed">
        <Empty
          icon={<SearchX size={28} strokeWidth={1.5} />}
          title={empty?.title ?? t('catalogue.empty.title')}
          text={empty?.text ?? t('catalogue.empty.text')}
        >
          {empty?.children}
        </Empty>
      </div>
    )
  return (
    <>
      <ul
        aria-busy={isPlaceholderData}
        className={classes(gridClasses, 'transition-opacity duration-150', isPlaceholderData && 'opacity-60')}
      >
        {list.map((course) => (
          <li key={course.id} className="grid grid-cols-1">
            <CourseCard course={course} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="pt-6 text-center">
          <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('actions.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}
