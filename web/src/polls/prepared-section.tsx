/** What is prepared to be asked in a class, where it is got ready. */
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { Lesson } from '../../../src/courses/schema.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { PollDialog, PreparedList } from './prepared-list.tsx'
import { usePrepared } from './use-prepared.ts'

/** In the editor of a lesson. */
export function PreparedSection({ lessonId }: { lessonId: string }) {
  const { t } = useTranslation()
  return (
    <section className="rounded-card border bg-surface p-4" aria-label={t('polls.prepared')}>
      <h2 className="font-medium text-sm">{t('polls.prepared')}</h2>
      <p className="mt-0.5 text-muted text-xs">{t('polls.preparedLead')}</p>
      <Preparing lessonId={lessonId} />
    </section>
  )
}

/** Of a lesson on its own. */
export function PreparedDialog({ lesson, onClose }: { lesson: Lesson; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog open wide onClose={onClose} title={t('polls.prepared')} text={t('polls.preparedLead')}>
      <Preparing lessonId={lesson.id} />
    </Dialog>
  )
}

function Preparing({ lessonId }: { lessonId: string }) {
  const { t } = useTranslation()
  const prepared = usePrepared(lessonId)
  const [adding, setAdding] = useState(false)
  const { query, polls, full } = prepared
  return (
    <>
      <PreparedList prepared={prepared} />
      {query.data && polls.length === 0 && <p className="mt-3 text-muted text-sm">{t('polls.preparedNone')}</p>}
      {full ? (
        <p className="mt-3 text-muted text-sm">{t('polls.full', { count: limits.preparedPolls })}</p>
      ) : (
        <Button
          size="sm"
          className="mt-3"
          disabled={!query.data}
          onClick={() => setAdding(true)}
          data-testid="prepare-poll"
        >
          <Plus size={16} aria-hidden />
          {t('polls.add')}
        </Button>
      )}
      {adding && (
        <PollDialog
          busy={prepared.busy}
          onClose={() => setAdding(false)}
          onSave={(poll) => void prepared.add(poll).then((done) => done && setAdding(false))}
        />
      )}
    </>
  )
}
