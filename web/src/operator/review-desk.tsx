/** What people say of courses, the latest first: to be hidden, or shown again. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { MessageSquareQuote } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { ReviewDesk as Desk } from '../../../src/courses/schema.ts'
import { shelfApi } from '../api/teaching.ts'
import { usePages } from '../api/use-pages.ts'
import { fullMoment } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { tell } from '../ui/notes.ts'
import { Paged } from '../ui/paged.tsx'
import { Pill } from '../ui/pills.tsx'
import { Section } from '../ui/section.tsx'
import { Empty } from '../ui/states.tsx'

export function ReviewDesk() {
  const { t } = useTranslation()
  const pages = usePages(['operator', 'reviews'], async (after) => {
    const { reviews, next } = await shelfApi.reviews(after)
    return { items: reviews, next }
  })
  return (
    <Section title={t('shelf.reviews')}>
      <Paged
        pages={pages}
        empty={<Empty small icon={<MessageSquareQuote size={28} strokeWidth={1.5} />} title={t('shelf.noReviews')} />}
      >
        {(list) => (
          <ul className="divide-y rounded-card border bg-surface" data-testid="reviews">
            {list.map((review) => (
              <ReviewRow key={review.id} review={review} />
            ))}
          </ul>
        )}
      </Paged>
    </Section>
  )
}

function ReviewRow({ review }: { review: Desk['reviews'][number] }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const { id, author, rating, text, createdAt, hidden, course } = review
  const hide = useMutation({
    mutationFn: () => shelfApi.hideReview(id, !hidden),
    onError: (error) => tell(textOf(error)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['operator', 'reviews'] }),
  })
  return (
    <li className="flex flex-wrap items-start gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="tabular flex flex-wrap items-center gap-x-2 text-muted text-xs">
          <span className="text-text">{author}</span>
          <span role="img" aria-label={t('stars.of', { value: rating })}>
            {'★'.repeat(rating)}
            {'☆'.repeat(5 - rating)}
          </span>
          <span>{fullMoment(createdAt)}</span>
          {hidden && <Pill>{t('shelf.hidden')}</Pill>}
        </p>
        <p className={classes('mt-1 whitespace-pre-wrap break-words text-sm', hidden && 'text-muted line-through')}>
          {text || t('shelf.noWords')}
        </p>
        <Link to={`/courses/${course.id}`} className="mt-1 block truncate text-muted text-xs hover:text-accent">
          {course.title}
        </Link>
      </div>
      <Button size="sm" look="ghost" busy={hide.isPending} onClick={() => hide.mutate()}>
        {t(hidden ? 'shelf.show' : 'shelf.hide')}
      </Button>
    </li>
  )
}
