/** The lesson itself, by its kind; or why it is not there. */
import { FileClock, LockKeyhole, LogIn } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { PurchaseCard } from '../course/purchase-card.tsx'
import { buttonClasses } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'
import { Article } from './article.tsx'
import { DocumentLesson } from './document-lesson.tsx'
import { VideoLesson } from './video-lesson.tsx'

export function StudyBody({ page }: { page: StudyPage }) {
  const { lesson, access } = page
  if (access.state === 'locked') return <Locked page={page} />
  if (!lesson.ready) return <NotReady kind={lesson.kind} />
  if (lesson.kind === 'article') return <Article page={page} />
  if (lesson.kind === 'video') return <VideoLesson page={page} />
  // A document is not cut: it is given as a whole or not at all.
  return access.state === 'open' ? <DocumentLesson page={page} /> : <Locked page={page} />
}

/** What is behind it, and the way to open it: visitors of a free lesson only have to sign in. */
export function Locked({ page: { lesson, access } }: { page: Pick<StudyPage, 'access'> & { lesson: Shown } }) {
  const { t } = useTranslation()
  if (access.reason === 'unauthorized' && (lesson.free || lesson.trialSeconds > 0)) {
    const next = `/sign-in?${new URLSearchParams({ next: `/lessons/${lesson.id}` })}`
    return (
      <div className="rounded-card border bg-surface" data-testid="lesson-locked">
        <Empty
          icon={<LogIn size={32} strokeWidth={1.5} />}
          title={t(lesson.free ? 'study.signIn.free' : 'study.signIn.trial')}
          text={t('study.signIn.text')}
        >
          <Link to={next} className={buttonClasses('primary')}>
            {t('nav.signIn')}
          </Link>
        </Empty>
      </div>
    )
  }
  return (
    <div className="flex justify-center py-4 sm:py-8" data-testid="lesson-locked">
      <PurchaseCard
        courseId={lesson.course.id}
        title={t('study.locked.title')}
        text={t('study.locked.text', { course: lesson.course.title })}
        icon={<LockKeyhole size={32} strokeWidth={1.5} />}
      />
    </div>
  )
}

type Shown = Pick<StudyPage['lesson'], 'id' | 'free' | 'trialSeconds' | 'course'>

function NotReady({ kind }: { kind: StudyPage['lesson']['kind'] }) {
  const { t } = useTranslation()
  return (
    <div className="rounded-card border border-dashed" data-testid="lesson-not-ready">
      <Empty
        icon={<FileClock size={32} strokeWidth={1.5} />}
        title={t('study.notReady.title')}
        text={t(kind === 'video' ? 'study.notReady.video' : 'study.notReady.other')}
      />
    </div>
  )
}
