/** The prepared polls of a class: started with one click in the room, changed and put in order anywhere. */
import { ArrowDown, ArrowUp, MoreHorizontal, Pencil, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewPoll } from '../../../signaling/protocol/polls.ts'
import type { PreparedPoll } from '../../../src/courses/schema.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { Pill } from '../ui/pills.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { useLengthText } from './lengths.ts'
import { PollForm } from './poll-form.tsx'
import type { Prepared } from './use-prepared.ts'

type Props = {
  prepared: Prepared
  /** Those that were asked in this class. */
  asked?: readonly string[]
  start?: { busy: boolean; onStart: (poll: PreparedPoll) => void }
}

export function PreparedList({ prepared, asked = [], start }: Props) {
  const { t } = useTranslation()
  const [editing, setEditing] = useState<PreparedPoll | null>(null)
  const { query, polls } = prepared
  if (query.isPending) return <Skeleton className="mt-3 h-14" />
  if (query.error) return <Failed error={query.error} onRetry={() => void query.refetch()} />
  return (
    <>
      <ul className="mt-2 divide-y rounded-card border empty:hidden" data-testid="prepared-list">
        {polls.map((each, place) => (
          <li key={each.id} className="flex items-center gap-2 py-2 ps-3 pe-1.5">
            <span className="tabular w-5 shrink-0 text-muted text-xs">{place + 1}</span>
            <div className="min-w-0 flex-1">
              <p className="line-clamp-2 break-words text-sm">{each.poll.question}</p>
              <Marks poll={each.poll} asked={asked.includes(each.id)} />
            </div>
            {start && (
              <Button
                size="sm"
                disabled={start.busy}
                onClick={() => start.onStart(each)}
                aria-label={`${t('polls.start')} ${each.poll.question}`}
                data-testid={`start-prepared-${place}`}
              >
                <Play size={14} aria-hidden />
                {t('polls.start')}
              </Button>
            )}
            <RowMenu
              question={each.poll.question}
              onEdit={() => setEditing(each)}
              onRemove={() => void prepared.remove(each.id)}
              {...(place > 0 && { onUp: () => void prepared.move(each.id, -1) })}
              {...(place < polls.length - 1 && { onDown: () => void prepared.move(each.id, 1) })}
            />
          </li>
        ))}
      </ul>
      {editing && (
        <PollDialog
          poll={editing.poll}
          busy={prepared.busy}
          onClose={() => setEditing(null)}
          onSave={(poll) => void prepared.replace(editing.id, poll).then((done) => done && setEditing(null))}
        />
      )}
    </>
  )
}

function Marks({ poll: { kind = 'choice', seconds }, asked }: { poll: NewPoll; asked: boolean }) {
  const { t } = useTranslation()
  const lengthText = useLengthText()
  return (
    <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-muted text-xs">
      <span>{t(`polls.title.${kind}`)}</span>
      {seconds && <span>{lengthText(seconds)}</span>}
      {asked && <Pill>{t('polls.asked')}</Pill>}
    </p>
  )
}

type RowMenuProps = {
  question: string
  onEdit: () => void
  onRemove: () => void
  onUp?: () => void
  onDown?: () => void
}

function RowMenu({ question, onEdit, onRemove, onUp, onDown }: RowMenuProps) {
  const { t } = useTranslation()
  return (
    <Menu trigger={<IconButton small label={`${t('actions.more')} ${question}`} icon={<MoreHorizontal size={16} />} />}>
      <MenuItem icon={<Pencil size={16} />} onSelect={onEdit}>
        {t('actions.edit')}
      </MenuItem>
      {onUp && (
        <MenuItem icon={<ArrowUp size={16} />} onSelect={onUp}>
          {t('polls.up')}
        </MenuItem>
      )}
      {onDown && (
        <MenuItem icon={<ArrowDown size={16} />} onSelect={onDown}>
          {t('polls.down')}
        </MenuItem>
      )}
      <MenuItem icon={<Trash2 size={16} />} onSelect={onRemove}>
        {t('actions.delete')}
      </MenuItem>
    </Menu>
  )
}

type PollDialogProps = { poll?: NewPoll; busy: boolean; onClose: () => void; onSave: (poll: NewPoll) => void }

export function PollDialog({ poll, busy, onClose, onSave }: PollDialogProps) {
  const { t } = useTranslation()
  return (
    <Dialog open onClose={onClose} title={t(poll ? 'actions.edit' : 'polls.add')}>
      <PollForm
        {...(poll && { poll })}
        onSubmit={onSave}
        actions={(made) => (
          <>
            <Button onClick={onClose}>{t('actions.cancel')}</Button>
            <Button type="submit" look="primary" busy={busy} disabled={!made} data-testid="poll-save">
              {t('polls.save')}
            </Button>
          </>
        )}
      />
    </Dialog>
  )
}
