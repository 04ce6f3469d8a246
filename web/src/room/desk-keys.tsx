/** Keys of the desk: what staff do most, without the mouse; `?` tells them all. Off while one types. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Classroom } from '../classroom/classroom.ts'
import { inOrder } from '../classroom/questions.ts'
import { listenForKeys } from '../player/use-keys.ts'
import { Dialog } from '../ui/dialog.tsx'
import { tell } from '../ui/notes.ts'
import { useRoom } from './classroom-context.ts'
import type { RailTab } from './rail-tabs.tsx'
import { useAct } from './use-act.ts'

const MUTE_MINUTES = 10
const keys = ['x', 's', 'n', 'g', 'e', 'd', '1', '?'] as const

type Deed = { what: keyof typeof missing; run: () => Promise<void> } | { what: keyof typeof missing; run: null }
/** What there has to be for a key to do something. */
const missing = {
  message: 'room.keys.noMessage',
  question: 'room.keys.noQuestion',
  hand: 'room.keys.noHand',
  speaker: 'room.keys.noSpeaker',
} as const

export function DeskKeys({ tabs, onTab }: { tabs: readonly RailTab[]; onTab: (tab: RailTab) => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const [help, setHelp] = useState(false)
  useEffect(() => {
    const press = (deed: () => Deed, done?: string) => () => {
      const { what, run } = deed()
      if (run) void act(run, done)
      else tell(t(missing[what]))
    }
    const actions = new Map<string, () => void>([
      ['x', press(() => deletePointed(classroom), t('room.keys.deleted'))],
      ['s', press(() => mutePointed(classroom), t('room.keys.muted', { count: MUTE_MINUTES }))],
      ['n', press(() => nextQuestion(classroom))],
      ['g', press(() => giveFloor(classroom))],
      ['e', press(() => endFloor(classroom))],
      ['d', press(() => lowerHand(classroom))],
      ['?', () => setHelp(true)],
      ...tabs.map((tab, place) => [String(place + 1), () => onTab(tab)] as const),
    ])
    return listenForKeys(actions, { current: null }, () => true)
  }, [classroom, act, t, tabs, onTab])
  return (
    <Dialog open={help} onClose={() => setHelp(false)} title={t('room.keys.title')} text={t('room.keys.text')}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-sm" data-testid="keys-help">
        {keys.map((key) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="tabular inline-flex h-7 min-w-7 items-center justify-center rounded-control border bg-sunken px-1.5 font-sans">
                {key === '1' ? `1–${tabs.length}` : key.toUpperCase()}
              </kbd>
            </dt>
            <dd>{t(`room.keys.does.${key}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

/** The message under the pointer, or the one that the focus is in. */
function pointed({ chat }: Classroom) {
  const of = (state: string) =>
    document.querySelector<HTMLElement>(`[data-testid=chat-message]:is(${state})`)?.dataset.seq
  const seq = Number(of(':focus-within') ?? of(':hover'))
  return chat.view.get().messages.find((message) => message.seq === seq)
}

function deletePointed(classroom: Classroom): Deed {
  const message = pointed(classroom)
  return { what: 'message', run: message ? () => classroom.chat.delete(message.seq) : null }
}

function mutePointed(classroom: Classroom): Deed {
  const by = pointed(classroom)?.by
  return { what: 'message', run: by?.role === 'student' ? () => classroom.order.mute(by.peerId, MUTE_MINUTES) : null }
}

/** The one that is being answered is done with, and the one most want to know comes next. */
function nextQuestion({ questions }: Classroom): Deed {
  const all = questions.view.get().questions
  const taken = all.find(({ status }) => status === 'taken')
  const [next] = inOrder(
    all.filter(({ status }) => status === 'open'),
    'votes',
  )
  if (!taken && !next) return { what: 'question', run: null }
  const run = async () => {
    if (taken) await questions.answer(taken.seq, null)
    if (next) await questions.take(next.seq)
  }
  return { what: 'question', run }
}

function giveFloor({ room, floor }: Classroom): Deed {
  const [first] = room.get().hands
  return { what: 'hand', run: first ? () => floor.give(first.peerId) : null }
}

function lowerHand({ room, floor }: Classroom): Deed {
  const [first] = room.get().hands
  return { what: 'hand', run: first ? () => floor.lowerHand(first.peerId) : null }
}

/** Of whoever got it last. */
function endFloor({ room, floor }: Classroom): Deed {
  const last = room.get().floor.at(-1)
  return { what: 'speaker', run: last ? () => floor.take(last.peerId) : null }
}
