/** An article, with the line of how far one has read, and the way back to where one was. */
import { ArrowDown, LockKeyhole } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { PurchaseCard } from '../course/purchase-card.tsx'
import { Button } from '../ui/button.tsx'
import { Markdown } from '../ui/markdown.tsx'
import { useReading } from './use-reading.ts'

export function Article({ page: { lesson, body, bodyIsCut } }: { page: StudyPage }) {
  const { t } = useTranslation()
  const text = useRef<HTMLDivElement>(null)
  const { share, before, goBack } = useReading(lesson.id, text, bodyIsCut)
  return (
    <>
      <div
        aria-hidden
        className="fixed inset-x-0 top-14 z-20 h-0.5 origin-left bg-accent-fill"
        style={{ transform: `scaleX(${share / 1000})` }}
      />
      {before !== null && (
        <Button size="sm" className="mb-4" onClick={goBack} data-testid="back-to-place">
          <ArrowDown size={15} aria-hidden />
          {t('study.backToPlace', { percent: Math.round(before / 10) })}
        </Button>
      )}
      <div ref={text} className="relative" data-testid="article">
        <Markdown text={body ?? ''} className="max-w-prose" />
        {bodyIsCut && (
          <div aria-hidden className="absolute inset-x-0 bottom-0 h-32 bg-linear-to-t from-page to-transparent" />
        )}
      </div>
      {bodyIsCut && (
        <div className="mt-6 flex justify-center">
          <PurchaseCard
            courseId={lesson.course.id}
            title={t('study.cut.title')}
            text={t('study.cut.text')}
            icon={<LockKeyhole size={28} strokeWidth={1.5} />}
          />
        </div>
      )}
    </>
  )
}
