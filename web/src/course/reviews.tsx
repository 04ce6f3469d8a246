/** What learners say of a course, the latest first; whoever has it says something too. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { MessageSquareText } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CoursePage, Review } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { count, dayOf } from '../format.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { Pill } from '../ui/pills.tsx'
import { rounded, Stars } from '../ui/stars.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { ReviewForm } from './review-form.tsx'
import { reviewsKey } from './use-course.ts'

export function Reviews({ page: { course, viewer } }: { page: CoursePage }) {
  return (
    <div className="flex flex-col gap-5">
      <Average rating={course.rating} />
      {viewer?.mayReview && <Own courseId={course.id} review={viewer.review} />}
      <List courseId={course.id} />
    </div>
  )
}

function Average({ rating: { average, count: reviews } }: { rating: CoursePage['course']['rating'] }) {
  const { t } = useTranslation()
  if (average === null) return null
  return (
    <p className="flex items-center gap-3">
      <span className="display tabular text-2xl">{rounded(average)}</span>
      <span className="flex flex-col">
        <Stars value={average} size={16} />
        <span className="tabular text-muted text-xs">
          {t('review.count', { count: reviews, shown: count(reviews) })}
        </span>
      </span>
    </p>
  )
}

function Own({ courseId, review }: { courseId: string; review: Review | null }) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState(false)
  if (!review || editing) return <ReviewForm courseId={courseId} review={review} onDone={() => setEditing(false)} />
  return (
    <div className="rounded-card bg-sunken p-4" data-testid="own-review">
      <Entry review={review}>
        <Button size="sm" onClick={() => setEditing(true)} data-testid="edit-review">
          {t('actions.edit')}
        </Button>
      </Entry>
    </div>
  )
}

function List({ courseId }: { courseId: string }) {
  const { t } = useTranslation()
  const query = useInfiniteQuery({
    queryKey: reviewsKey(courseId),
    queryFn: ({ pageParam }) => api.reviews(courseId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const all = query.data?.pages.flatMap(({ reviews }) => reviews) ?? []
  const others = all.filter(({ own }) => !own)
  if (query.isPending) return <Skeleton className="h-24 rounded-card" />
  if (query.error && all.length === 0)
    return <Failed error={query.error} title={t('review.failed')} onRetry={() => void query.refetch()} />
  if (all.length === 0)
    return (
      <div className="rounded-card border border-dashed">
        <Empty
          small
          icon={<MessageSquareText size={28} strokeWidth={1.5} />}
          title={t('review.empty.title')}
          text={t('review.empty.text')}
        />
      </div>
    )
  return (
    <>
      <ul className="flex flex-col divide-y">
        {others.map((review) => (
          <li key={review.id} className="py-4 first:pt-0">
            <Entry review={review} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <div className="text-center">
          <Button look="ghost" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('actions.loadMore')}
          </Button>
        </div>
      )}
    </>
  )
}

function Entry({ review, children }: { review: Review; children?: React.ReactNode }) {
  const { t } = useTranslation()
  const edited = review.updatedAt - review.createdAt > 60_000
  return (
    <article className="flex gap-3">
      <Avatar name={review.author} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
          <span className="font-medium text-sm">{review.own ? t('review.yours') : review.author}</span>
          <Stars value={review.rating} />
          {review.hidden && <Pill>{t('review.hidden')}</Pill>}
        </div>
        <p className="tabular text-muted text-xs">
          {dayOf(review.updatedAt)}
          {edited && ` · ${t('review.edited')}`}
        </p>
        {review.text && <p className="mt-2 whitespace-pre-wrap break-words leading-relaxed">{review.text}</p>}
      </div>
      {children}
    </article>
  )
}
