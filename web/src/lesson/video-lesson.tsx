/** A lesson to be watched: the player, and over it what opens the rest. */
import { useTranslation } from 'react-i18next'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { PurchaseCard } from '../course/purchase-card.tsx'
import { VideoPlayer } from '../player/video-player.tsx'

export function VideoLesson({ page: { lesson } }: { page: StudyPage }) {
  const { t } = useTranslation()
  const card = (title: string, text: string) => (
    <PurchaseCard courseId={lesson.course.id} title={title} text={text} onStage />
  )
  return (
    <VideoPlayer
      lessonId={lesson.id}
      title={lesson.title}
      trialEnd={card(t('player.trialOver.title'), t('player.trialOver.text'))}
      locked={card(t('player.rightOver.title'), t('player.rightOver.text'))}
    />
  )
}
