/** A course on the shelf: cover, title, teacher, price, and what others make of it. */
import { Star, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { CourseList } from '../../../src/courses/schema.ts'
import { count } from '../format.ts'
import { Pill } from '../ui/pills.tsx'
import { Price } from '../ui/price.tsx'
import { rounded } from '../ui/stars.tsx'
import { Skeleton } from '../ui/states.tsx'
import { CourseCover } from './course-cover.tsx'

export type ListedCourse = CourseList['courses'][number]

export function CourseCard({ course }: { course: ListedCourse }) {
  const { t } = useTranslation()
  const { rating, learners } = course
  return (
    <Link
      to={`/courses/${course.id}`}
      data-testid={`course-${course.id}`}
      className="group flex flex-col overflow-hidden rounded-card border bg-surface shadow-card transition-shadow duration-200 hover:shadow-raised"
    >
      <div className="relative aspect-video overflow-hidden">
        <CourseCover course={course} className="size-full transition-transform duration-200 group-hover:scale-[1.02]" />
        {course.right && course.right.via !== 'staff' && (
          <span className="absolute start-2 top-2">
            <Pill tone="good">{t(`course.have.${course.right.via}`)}</Pill>
          </span>
        )}
      </div>
      <div className="flex flex-1 flex-col gap-1 p-3 sm:p-4">
        <h3 className="display line-clamp-2 text-base leading-snug">{course.title}</h3>
        {course.summary && <p className="line-clamp-1 text-muted text-sm max-sm:hidden">{course.summary}</p>}
        <p className="truncate text-muted text-xs sm:text-sm">
          {course.teacher.displayName} · {t('course.lessons', { count: course.lessons })}
        </p>
        <div className="mt-auto flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1 pt-2">
          <Price fen={course.priceFen} listFen={course.listPriceFen} />
          <span className="tabular flex items-center gap-2.5 text-muted text-xs">
            {rating.average !== null && (
              <span className="inline-flex items-center gap-0.5">
                <Star size={12} aria-hidden className="fill-accent text-accent" />
                <span className="sr-only">{t('stars.of', { value: rounded(rating.average) })}</span>
                <span aria-hidden>{rounded(rating.average)}</span>
              </span>
            )}
            {learners > 0 && (
              <span className="inline-flex items-center gap-1">
                <Users size={12} aria-hidden />
                <span className="sr-only">{t('course.learners', { count: learners })}</span>
                <span aria-hidden>{count(learners)}</span>
              </span>
            )}
          </span>
        </div>
      </div>
    </Link>
  )
}

export const CourseCardSkeleton = () => (
  <div className="overflow-hidden rounded-card border bg-surface">
    <Skeleton className="aspect-video rounded-none" />
    <div className="flex flex-col gap-2 p-4">
      <Skeleton className="h-5 w-4/5" />
      <Skeleton className="h-4 w-1/2" />
      <Skeleton className="mt-2 h-5 w-1/3" />
    </div>
  </div>
)
