/** The rail of teachers and assistants: chat, hands, poll, people. Raised hands also wait above the chat. */
import { Tabs } from 'radix-ui'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { count } from '../format.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { Chat } from './chat.tsx'
import { useRoom } from './classroom-context.ts'
import { HandRow, Hands, People } from './people.tsx'
import { PollDesk } from './poll-desk.tsx'

export const railTabs = ['chat', 'hands', 'poll', 'people'] as const
export type RailTab = (typeof railTabs)[number]

type Props = { tab: RailTab; onTab: (tab: RailTab) => void }

export function StaffRail({ tab, onTab }: Props) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const hands = useStorePart(classroom.room, (room) => room.hands.length)
  const online = useStorePart(classroom.room, (room) => room.online)
  const pollOpen = useStorePart(classroom.poll, ({ poll }) => poll?.open === true)
  const unread = useUnread(tab === 'chat')
  const marks: Record<RailTab, number | boolean> = {
    chat: unread,
    hands,
    poll: pollOpen,
    people: online,
  }
  return (
    <Tabs.Root value={tab} onValueChange={(next) => onTab(next as RailTab)} className="flex min-h-0 flex-1 flex-col">
      <Tabs.List aria-label={t('room.tabs.label')} className="short:hidden flex shrink-0 border-b px-1">
        {railTabs.map((name) => (
          <Tabs.Trigger
            key={name}
            value={name}
            data-testid={`tab-${name}`}
            className="-mb-px flex h-11 min-w-0 flex-1 items-center justify-center gap-1.5 border-transparent border-b-2 px-1 text-muted text-sm transition-colors duration-150 hover:text-text data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-text"
          >
            <span className="truncate">{t(`room.tabs.${name}`)}</span>
            <Mark value={marks[name]} loud={name === 'hands'} />
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {railTabs.map((name) => (
        <Tabs.Content key={name} value={name} className="flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden">
          {name === 'chat' && (
            <>
              <WaitingHands onAll={() => onTab('hands')} />
              <Chat />
            </>
          )}
          {name === 'hands' && <Hands />}
          {name === 'poll' && <PollDesk />}
          {name === 'people' && <People />}
        </Tabs.Content>
      ))}
    </Tabs.Root>
  )
}

function Mark({ value, loud }: { value: number | boolean; loud: boolean }) {
  if (!value) return null
  if (value === true) return <span aria-hidden className="size-1.5 rounded-full bg-accent-fill" />
  return (
    <span
      className={classes(
        'tabular inline-flex h-5 min-w-5 items-center justify-center rounded-full px-1.5 text-xs',
        loud ? 'bg-accent-fill text-on-accent' : 'bg-sunken text-muted',
      )}
    >
      {count(value)}
    </span>
  )
}

/** The first raised hand, right above the chat, so that nobody waits unseen. */
function WaitingHands({ onAll }: { onAll: () => void }) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const hands = useStorePart(classroom.room, (room) => room.hands)
  const [first] = hands
  if (!first) return null
  return (
    <div className="short:hidden border-b bg-accent-soft px-4 py-1" data-testid="waiting-hands">
      <ul>
        <HandRow person={first} hasFloor={false} />
      </ul>
      {hands.length > 1 && (
        <button type="button" onClick={onAll} className="pb-1.5 text-accent text-xs underline">
          {t('room.people.hands')} · {hands.length}
        </button>
      )}
    </div>
  )
}

/** How many messages came while another tab was open. */
function useUnread(visible: boolean): number {
  const { classroom } = useRoom()
  const messages = useStorePart(classroom.chat.view, (view) => view.messages)
  const seen = useRef(messages.at(-1)?.seq ?? 0)
  useEffect(() => {
    if (visible) seen.current = messages.at(-1)?.seq ?? seen.current
  }, [visible, messages])
  return visible ? 0 : messages.filter(({ seq }) => seq > seen.current).length
}
