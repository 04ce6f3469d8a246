/** Where a learner says what they think of a course, and changes or takes back what they said. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Review } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { StarsInput } from '../ui/stars.tsx'
import { courseKey, reviewsKey } from './use-course.ts'

const LONGEST = 2000

type Props = { courseId: string; review: Review | null; onDone: () => void }

export function ReviewForm({ courseId, review, onDone }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const [rating, setRating] = useState(review?.rating ?? 0)
  const [unrated, setUnrated] = useState(false)
  const refresh = useRefresh(courseId)
  const write = useMutation({
    mutationFn: (text: string) => api.writeReview(courseId, { rating, text }),
    onSuccess: async () => {
      await refresh()
      tell(t('review.thanks'))
      onDone()
    },
  })
  const remove = useMutation({
    mutationFn: () => api.deleteReview(courseId),
    onSuccess: async () => {
      await refresh()
      tell(t('review.deleted'))
      onDone()
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setUnrated(rating === 0)
    if (rating > 0) write.mutate(String(new FormData(event.currentTarget).get('text')).trim())
  }
  const busy = write.isPending || remove.isPending
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 rounded-card bg-sunken p-4" data-testid="review-form">
      <StarsInput
        label={t(review ? 'review.change' : 'review.write')}
        value={rating}
        disabled={busy}
        onChange={(value) => {
          setRating(value)
          setUnrated(false)
        }}
      />
      {unrated && (
        <p role="alert" className="text-accent text-xs">
          {t('review.rateFirst')}
        </p>
      )}
      <TextField
        name="text"
        label={t('review.text')}
        hint={t('review.textHint')}
        defaultValue={review?.text ?? ''}
        maxLength={LONGEST}
        rows={3}
        error={write.error || remove.error ? textOf(write.error ?? remove.error) : undefined}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={write.isPending} disabled={busy} data-testid="send-review">
          {t(review ? 'actions.save' : 'review.send')}
        </Button>
        {review && (
          <>
            <Button onClick={onDone} disabled={busy}>
              {t('actions.cancel')}
            </Button>
            <span className="flex-1" />
            <Button look="ghost" busy={remove.isPending} disabled={busy} onClick={() => remove.mutate()}>
              {t('actions.delete')}
            </Button>
          </>
        )}
      </div>
    </form>
  )
}

function useRefresh(courseId: string) {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: courseKey(courseId) }),
      queries.invalidateQueries({ queryKey: reviewsKey(courseId) }),
    ])
}
