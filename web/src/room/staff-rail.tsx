/** The rail of teachers and assistants: chat, questions, hands, poll, people. Raised hands also wait above the chat. */
import { useTranslation } from 'react-i18next'
import { PollDesk } from '../polls/poll-desk.tsx'
import { useStorePart } from '../use-store.ts'
import { Chat } from './chat.tsx'
import { useRoom } from './classroom-context.ts'
import { DeskKeys } from './desk-keys.tsx'
import { RoomNotices } from './notices.tsx'
import { HandRow, Hands, People } from './people.tsx'
import { Questions } from './questions.tsx'
import { type RailTab, RailTabs, useUnreadMessages } from './rail-tabs.tsx'
import { ReviewBar } from './review.tsx'
import { Spotlight } from './spotlight.tsx'

const TABS = ['chat', 'questions', 'hands', 'poll', 'people'] as const satisfies readonly RailTab[]

type Props = { tab: RailTab; onTab: (tab: RailTab) => void }

export function StaffRail({ tab, onTab }: Props) {
  const { classroom } = useRoom()
  const hands = useStorePart(classroom.room, (room) => room.hands.length)
  const pollOpen = useStorePart(classroom.polls.view, ({ poll }) => poll?.open === true)
  const open = useStorePart(
    classroom.questions.view,
    ({ questions }) => questions.filter(({ status }) => status !== 'answered').length,
  )
  const unread = useUnreadMessages(tab === 'chat')
  const chat = (
    <>
      <Spotlight />
      <ReviewBar />
      <WaitingHands onAll={() => onTab('hands')} />
      <Chat />
    </>
  )
  return (
    <>
      <RoomNotices />
      <DeskKeys tabs={TABS} onTab={onTab} />
      <RailTabs
        tab={tab}
        onTab={onTab}
        tabs={[
          { name: 'chat', mark: unread, content: chat },
          { name: 'questions', mark: { value: open }, content: <Questions /> },
          { name: 'hands', mark: { value: hands, loud: true }, content: <Hands /> },
          { name: 'poll', mark: { value: pollOpen }, content: <PollDesk /> },
          { name: 'people', mark: { value: 0 }, content: <People /> },
        ]}
      />
    </>
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
