/** The head of a course's page: cover, title, teacher, figures, price, and the one button. */
import { CalendarClock, Layers, Star, Users } from 'lucide-react'
import type { ReactNode, RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { CoursePage as Page } from '../../../src/courses/schema.ts'
import { categoryName } from '../catalogue/category-bar.tsx'
import { CourseCover } from '../catalogue/course-cover.tsx'
import { count, dayOf } from '../format.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Pill } from '../ui/pills.tsx'
import { Price } from '../ui/price.tsx'
import { ProgressBar } from '../ui/progress-bar.tsx'
import { rounded } from '../ui/stars.tsx'
import { CourseAction, Taste } from './course-action.tsx'

export function CourseHead({ page, action }: { page: Page; action: RefObject<HTMLDivElement | null> }) {
  const { t } = useTranslation()
  const { course, viewer } = page
  const { teacher, category, rating, learners, accessDays } = course
  return (
    <div className="grid items-start gap-6 sm:grid-cols-[1.15fr_1fr] md:gap-10">
      <CourseCover course={course} eager className="aspect-video w-full rounded-card" />
      <div className="flex flex-col items-start gap-3">
        <div className="flex flex-wrap gap-2">
          {course.status !== 'published' && <Pill tone="accent">{t(`course.status.${course.status}`)}</Pill>}
          {category && (
            <Link to={`/courses?category=${category.slug}`} className="rounded-full">
              <Pill>{categoryName(category)}</Pill>
            </Link>
          )}
        </div>
        <h1 className="display text-balance text-xl sm:text-2xl">{course.title}</h1>
        {course.summary && <p className="text-muted">{course.summary}</p>}
        <p className="flex items-center gap-2.5">
          <Avatar name={teacher.displayName} staff />
          <span className="text-sm">{t('lesson.by', { name: teacher.displayName })}</span>
        </p>
        <ul className="tabular flex flex-wrap gap-x-4 gap-y-1 text-muted text-sm">
          <Fact icon={<Layers size={15} />}>{t('course.lessons', { count: course.lessons })}</Fact>
          {learners > 0 && (
            <Fact icon={<Users size={15} />}>{t('course.learners', { count: learners, shown: count(learners) })}</Fact>
          )}
          {rating.average !== null && (
            <Fact icon={<Star size={15} />}>
              <a href="#reviews" className="hover:text-text">
                {t('course.rated', { value: rounded(rating.average), count: rating.count })}
              </a>
            </Fact>
          )}
          {!viewer?.right && (
            <Fact icon={<CalendarClock size={15} />}>
              {accessDays === null ? t('course.forGood') : t('course.forDays', { count: accessDays })}
            </Fact>
          )}
        </ul>
        <div className="w-full max-md:hidden">
          <PriceOrRight page={page} large />
        </div>
        <div ref={action} className="flex flex-wrap gap-2 max-md:hidden">
          <CourseAction page={page} />
          <Taste page={page} />
        </div>
        <div className="md:hidden">
          <Taste page={page} />
        </div>
      </div>
    </div>
  )
}

/** What it costs, or for whoever has it: how far they are, and until when it is theirs. */
export function PriceOrRight({ page: { course, viewer }, large = false }: { page: Page; large?: boolean }) {
  const { t } = useTranslation()
  if (!viewer?.right) return <Price fen={course.priceFen} listFen={course.listPriceFen} large={large} />
  const { right, progress } = viewer
  return (
    <div className="flex max-w-sm flex-col gap-1.5">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Pill tone="good">{t(`course.have.${right.via}`)}</Pill>
        {right.endsAt !== null && (
          <span className="tabular text-muted text-xs">{t('course.until', { day: dayOf(right.endsAt) })}</span>
        )}
      </p>
      {progress.lessons > 0 && (
        <p className="flex items-center gap-2">
          <ProgressBar label={t('course.progress')} percent={progress.percent} className="flex-1" />
          <span className="tabular text-muted text-xs">
            {t('course.progressOf', { completed: progress.completed, lessons: progress.lessons })}
          </span>
        </p>
      )}
    </div>
  )
}

const Fact = ({ icon, children }: { icon: ReactNode; children: ReactNode }) => (
  <li className="flex items-center gap-1.5">
    <span aria-hidden>{icon}</span>
    {children}
  </li>
)
