/** The page of a course: what it is, by whom, for how much, what is in it, and what others say. */
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import type { CoursePage as Page } from '../../../src/courses/schema.ts'
import { codeOf } from '../api/errors.ts'
import { NotFound } from '../layout/not-found.tsx'
import { useTitle } from '../layout/page-frame.tsx'
import { classes } from '../ui/classes.ts'
import { Markdown } from '../ui/markdown.tsx'
import { Section } from '../ui/section.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useInView } from '../use-in-view.ts'
import { CourseAction, CourseCheckout } from './course-action.tsx'
import { CourseHead, PriceOrRight } from './course-head.tsx'
import { Outline } from './outline.tsx'
import { Reviews } from './reviews.tsx'
import { useCourse } from './use-course.ts'

export function CoursePage() {
  const { id = '' } = useParams()
  const { data: page, error, refetch } = useCourse(id)
  useTitle(page?.course.title)
  if (error && !page) {
    const code = codeOf(error)
    if (code === 'not_found' || code === 'bad_request') return <NotFound />
    return <Failed error={error} onRetry={() => void refetch()} />
  }
  return page ? <Loaded page={page} /> : <Shape />
}

function Loaded({ page }: { page: Page }) {
  const { t } = useTranslation()
  const action = useRef<HTMLDivElement>(null)
  const actionSeen = useInView(action)
  const { course, outline } = page
  return (
    <main className="mx-auto max-w-6xl px-4 pt-4 pb-28 sm:px-6 sm:pt-10 md:pb-16">
      <CourseHead page={page} action={action} />
      <div className="lg:grid lg:grid-cols-[minmax(0,1fr)_18rem] lg:gap-12">
        <div className="min-w-0">
          {course.intro && (
            <Section title={t('course.intro')}>
              <Markdown text={course.intro} className="max-w-prose" />
            </Section>
          )}
          <Section id="outline" title={t('course.outline')}>
            <Outline outline={outline} />
          </Section>
          <Section id="reviews" title={t('course.reviews')}>
            <Reviews page={page} />
          </Section>
        </div>
        <aside className="hidden lg:block">
          <div
            className={classes(
              'sticky top-20 mt-12 flex flex-col gap-3 rounded-card border bg-surface p-5 transition-opacity duration-200',
              actionSeen && 'invisible opacity-0',
            )}
          >
            <p className="display line-clamp-2">{course.title}</p>
            <PriceOrRight page={page} />
            <div className="flex">
              <CourseAction page={page} size="md" wide />
            </div>
          </div>
        </aside>
      </div>
      <div className="fixed inset-x-0 bottom-0 z-20 flex items-center gap-3 border-t bg-surface px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:hidden">
        <div className="min-w-0 flex-1">
          <PriceOrRight page={page} />
        </div>
        <CourseAction page={page} />
      </div>
      <CourseCheckout page={page} />
    </main>
  )
}

const Shape = () => (
  <div className="mx-auto grid max-w-6xl gap-6 px-4 pt-4 sm:px-6 sm:pt-10 sm:grid-cols-[1.15fr_1fr] md:gap-10">
    <Skeleton className="aspect-video rounded-card" />
    <div className="flex flex-col gap-4">
      <Skeleton className="h-9 w-4/5" />
      <Skeleton className="h-5 w-1/2" />
      <Skeleton className="h-5 w-1/3" />
      <Skeleton className="h-12 w-40" />
    </div>
  </div>
)
