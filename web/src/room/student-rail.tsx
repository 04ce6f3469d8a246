/** The rail of students: the poll and what is being answered above the chat and the questions. */
import { useState } from 'react'
import { AskedInRail } from '../polls/student-asked.tsx'
import { Chat } from './chat.tsx'
import { RoomNotices } from './notices.tsx'
import { Questions } from './questions.tsx'
import { RailTabs, useUnreadMessages, useUnreadQuestions } from './rail-tabs.tsx'
import { Spotlight } from './spotlight.tsx'
import { useLocked } from './trial.tsx'

type StudentTab = 'chat' | 'questions'

export function StudentRail() {
  const [tab, setTab] = useState<StudentTab>('chat')
  const locked = useLocked()
  const unreadMessages = useUnreadMessages(tab === 'chat')
  const unreadQuestions = useUnreadQuestions(tab === 'questions')
  const chat = (
    <>
      <Spotlight />
      <Chat />
    </>
  )
  return (
    <>
      {!locked && <AskedInRail />}
      <RoomNotices />
      <RailTabs
        tab={tab}
        onTab={setTab}
        tabs={[
          { name: 'chat', mark: unreadMessages, content: chat },
          { name: 'questions', mark: { value: unreadQuestions > 0 }, content: <Questions /> },
        ]}
      />
    </>
  )
}
