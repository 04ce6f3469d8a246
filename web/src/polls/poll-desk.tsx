/** The staff's side of polls: the one that is on or was last, those that are prepared, and the sign-in. */
import { ChartNoAxesColumn, Download, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PollState } from '../../../signaling/protocol/poll-state.ts'
import type { NewPoll } from '../../../signaling/protocol/polls.ts'
import { queryOf } from '../api/course-calls.ts'
import { download } from '../api/download.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Menu, MenuItem } from '../ui/menu.tsx'
import { Empty } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { PollBars } from './poll-bars.tsx'
import { PollHead } from './poll-card.tsx'
import { PollForm } from './poll-form.tsx'
import { PreparedList } from './prepared-list.tsx'
import { Ranking } from './ranking.tsx'
import { SignInDesk } from './sign-in-desk.tsx'
import { TimeLeft, useIsPast } from './time-left.tsx'
import { usePrepared } from './use-prepared.ts'

export function PollDesk() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, lesson } = useRoom()
  const { poll, asked } = useStore(classroom.polls.view)
  const [composing, setComposing] = useState(false)
  const prepared = usePrepared(lesson.id)
  const open = (poll: NewPoll, preparedId?: string) =>
    act(() => classroom.polls.open({ ...poll, ...(preparedId && { preparedId }) }), t('polls.launched'))
  if (composing)
    return (
      <Composer
        busy={poll?.open === true}
        onLaunch={async (made) => {
          if (await open(made)) setComposing(false)
        }}
        onKeep={(made) => void prepared.add(made).then((done) => done && setComposing(false))}
        onCancel={() => setComposing(false)}
      />
    )
  const compose = (
    <Button look={poll?.open ? 'quiet' : 'primary'} onClick={() => setComposing(true)} data-testid="poll-new">
      <Plus size={16} aria-hidden />
      {t('polls.new')}
    </Button>
  )
  return (
    <div className="scroll-quiet flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto p-4" data-testid="poll-desk">
      {poll ? (
        <>
          <Current poll={poll} />
          <div>{compose}</div>
        </>
      ) : (
        <Empty
          small
          icon={<ChartNoAxesColumn size={28} strokeWidth={1.5} />}
          title={t('polls.none')}
          text={t('polls.noneLead')}
        >
          {compose}
        </Empty>
      )}
      {(prepared.polls.length > 0 || prepared.query.error) && (
        <section aria-labelledby="prepared-title" className="border-t pt-4">
          <h3 id="prepared-title" className="font-medium text-sm">
            {t('polls.prepared')}
          </h3>
          <PreparedList
            prepared={prepared}
            asked={asked}
            start={{ busy: poll?.open === true, onStart: ({ id, poll }) => void open(poll, id) }}
          />
        </section>
      )}
      <SignInDesk />
    </div>
  )
}

function Current({ poll }: { poll: PollState }) {
  return (
    <section>
      <PollHead poll={poll}>
        <ExportMenu poll={poll} />
      </PollHead>
      {poll.open && poll.endsAt !== null && <TimeLeft from={poll.openedAt} to={poll.endsAt} />}
      <PollBars poll={poll} mine={null} />
      {poll.open && <Closing poll={poll} />}
      {!poll.open && poll.kind === 'quiz' && <Ranking key={poll.pollSeq} />}
    </section>
  )
}

function Closing({ poll }: { poll: PollState }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const awaiting = useIsPast(poll.endsAt)
  return (
    <>
      {awaiting && <p className="mt-3 text-muted text-xs">{t('polls.awaiting')}</p>}
      <Button
        className="mt-3 w-full"
        onClick={() => void act(() => classroom.polls.close(poll.pollSeq))}
        data-testid="poll-close"
      >
        {t(awaiting ? 'polls.endNow' : 'polls.end')}
      </Button>
    </>
  )
}

function ExportMenu({ poll }: { poll: PollState }) {
  const { t } = useTranslation()
  const act = useAct()
  const { lesson } = useRoom()
  const save = (poll: string | undefined, name: string) =>
    void act(() => download(`/api/lessons/${lesson.id}/polls.csv${queryOf({ poll })}`, `${name}.csv`))
  return (
    <Menu
      trigger={<IconButton small label={t('polls.export')} icon={<Download size={16} />} data-testid="poll-export" />}
    >
      <MenuItem onSelect={() => save(String(poll.pollSeq), poll.question.slice(0, 60))} testId="export-poll">
        {t('polls.exportPoll')}
      </MenuItem>
      <MenuItem onSelect={() => save(undefined, lesson.title)} testId="export-class">
        {t('polls.exportClass')}
      </MenuItem>
    </Menu>
  )
}

type ComposerProps = {
  /** One is open: another can only be kept. */
  busy: boolean
  onLaunch: (poll: NewPoll) => void
  onKeep: (poll: NewPoll) => void
  onCancel: () => void
}

function Composer({ busy, onLaunch, onKeep, onCancel }: ComposerProps) {
  const { t } = useTranslation()
  return (
    <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto p-4" data-testid="poll-composer">
      <PollForm
        onSubmit={busy ? onKeep : onLaunch}
        actions={(made) => (
          <>
            <Button look="ghost" onClick={onCancel} className="me-auto">
              {t('actions.cancel')}
            </Button>
            <Button disabled={!made} onClick={() => made && onKeep(made)} data-testid="poll-keep">
              {t('polls.keep')}
            </Button>
            <Button type="submit" look="primary" disabled={!made || busy} data-testid="poll-open">
              {t('polls.launch')}
            </Button>
          </>
        )}
      />
    </div>
  )
}
