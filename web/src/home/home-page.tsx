/** The first page: what is live now, what one was in the middle of, what comes next, what there is to learn. */
import { useQueryClient } from '@tanstack/react-query'
import { CalendarDays, ChevronRight, RadioTower } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { session } from '../api/api.ts'
import { useLessons } from '../api/use-lessons.ts'
import { CategoryBar } from '../catalogue/category-bar.tsx'
import { CourseGrid } from '../catalogue/course-grid.tsx'
import { useCourses } from '../catalogue/use-courses.ts'
import { useTitle } from '../layout/page-frame.tsx'
import { LearningCard } from '../learning/learning-card.tsx'
import { useLearning } from '../learning/use-learning.ts'
import { Button, buttonClasses } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Section } from '../ui/section.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { EndedRow, LiveCard, UpcomingCard } from './lesson-cards.tsx'

export function HomePage() {
  const { t } = useTranslation()
  useTitle()
  const { user } = useStore(session.view)
  const teaches = user !== null && user.role !== 'student'
  return (
    <main className="mx-auto max-w-6xl px-4 pt-8 pb-16 sm:px-6 sm:pt-12">
      <h1 className="display text-balance text-xl sm:text-2xl">{t('home.title')}</h1>
      <p className="mt-2 max-w-2xl text-muted">{t('home.lead')}</p>
      <Live />
      {user && <Continue />}
      <Upcoming action={teaches} />
      <Courses />
      <Ended />
    </main>
  )
}

const SHOWN_TO_CONTINUE = 2

/** What one was in the middle of. */
function Continue() {
  const { t } = useTranslation()
  const { list } = useLearning()
  const begun = list.filter(({ right, progress }) => right && progress.percent < 100).slice(0, SHOWN_TO_CONTINUE)
  if (begun.length === 0) return null
  return (
    <Section
      title={t('home.continue')}
      action={
        <Link to="/learning" className={buttonClasses('ghost', 'sm')}>
          {t('home.allLearning')}
          <ChevronRight size={16} aria-hidden />
        </Link>
      }
    >
      <ul className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {begun.map((course) => (
          <li key={course.id} className="grid grid-cols-1">
            <LearningCard course={course} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

const SHOWN_COURSES = 8

function Courses() {
  const { t } = useTranslation()
  const query = useCourses({ sort: 'popular' })
  const shown = { ...query, list: query.list.slice(0, SHOWN_COURSES), hasNextPage: false }
  return (
    <Section
      title={t('home.courses')}
      action={
        <Link to="/courses" className={buttonClasses('ghost', 'sm')} data-testid="all-courses">
          {t('home.allCourses')}
          <ChevronRight size={16} aria-hidden />
        </Link>
      }
    >
      <div className="mb-4">
        <CategoryBar hrefOf={(slug) => (slug ? `/courses?category=${slug}` : '/courses')} />
      </div>
      <CourseGrid query={shown} />
    </Section>
  )
}

function More({ query }: { query: ReturnType<typeof useLessons> }) {
  const { t } = useTranslation()
  if (!query.hasNextPage) return null
  return (
    <div className="pt-4 text-center">
      <Button look="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {t('actions.loadMore')}
      </Button>
    </div>
  )
}

function Live() {
  const { t } = useTranslation()
  const query = useLessons('live')
  const { list, isPending, error, refetch } = query
  useNoticeStarts(list.length)
  return (
    <Section title={t('home.live')}>
      {isPending ? (
        <Skeleton className="aspect-video rounded-card md:aspect-[3/1]" />
      ) : error && list.length === 0 ? (
        <Failed error={error} title={t('home.failed')} onRetry={() => void refetch()} />
      ) : list.length === 0 ? (
        <div className="rounded-card border border-dashed">
          <Empty
            small
            icon={<RadioTower size={28} strokeWidth={1.5} />}
            title={t('home.noLive.title')}
            text={t('home.noLive.text')}
          />
        </div>
      ) : (
        <div className={classes('grid gap-5', list.length > 1 && 'sm:grid-cols-2')}>
          {list.map((lesson) => (
            <LiveCard key={lesson.id} lesson={lesson} alone={list.length === 1} />
          ))}
        </div>
      )}
      <More query={query} />
    </Section>
  )
}

/** A lesson that went live has left the list of those to come. */
function useNoticeStarts(live: number) {
  const queries = useQueryClient()
  useEffect(() => {
    if (live >= 0) void queries.invalidateQueries({ queryKey: ['lessons', 'upcoming'] })
  }, [live, queries])
}

function Upcoming({ action }: { action: boolean }) {
  const { t } = useTranslation()
  const query = useLessons('upcoming')
  const { list, isPending, error, refetch } = query
  const schedule = action && (
    <Link to="/teaching?new" className={buttonClasses('quiet', 'sm')}>
      {t('home.startTeaching')}
    </Link>
  )
  return (
    <Section title={t('home.upcoming')} action={list.length > 0 && schedule}>
      {isPending ? (
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          {[1, 2, 3].map((place) => (
            <Skeleton key={place} className="h-40 rounded-card" />
          ))}
        </div>
      ) : error && list.length === 0 ? (
        <Failed error={error} title={t('home.failed')} onRetry={() => void refetch()} />
      ) : list.length === 0 ? (
        <div className="rounded-card border border-dashed">
          <Empty
            small
            icon={<CalendarDays size={28} strokeWidth={1.5} />}
            title={t('home.noUpcoming.title')}
            text={t('home.noUpcoming.text')}
          >
            {schedule}
          </Empty>
        </div>
      ) : (
        <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
          {list.map((lesson) => (
            <UpcomingCard key={lesson.id} lesson={lesson} />
          ))}
        </div>
      )}
      <More query={query} />
    </Section>
  )
}

function Ended() {
  const { t } = useTranslation()
  const query = useLessons('ended')
  if (query.list.length === 0) return null
  return (
    <Section title={t('home.ended')}>
      <ul className="divide-y rounded-card border bg-surface">
        {query.list.map((lesson) => (
          <EndedRow key={lesson.id} lesson={lesson} />
        ))}
      </ul>
      <More query={query} />
    </Section>
  )
}
