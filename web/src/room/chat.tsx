/** The chat: the messages, of everyone or of staff alone, and where one writes. */
import { GraduationCap } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../../signaling/protocol/events.ts'
import type { Message } from '../classroom/chat-log.ts'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { ChatComposer } from './chat-composer.tsx'
import { useRoom } from './classroom-context.ts'
import { LeftOut } from './left-out.tsx'
import { MessageList } from './message-list.tsx'
import { NoticeTools } from './notice-tools.tsx'
import { PinnedMessage } from './pinned.tsx'

export function Chat() {
  const { classroom } = useRoom()
  const [replyTo, setReplyTo] = useState<Message | null>(null)
  const [called, setCalled] = useState<Person | null>(null)
  const onlyStaff = useStore(classroom.chat.onlyStaff)
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const shows = ({ by }: Message) => !onlyStaff || by === null || by.role !== 'student' || by.peerId === selfId
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PinnedMessage />
      <StaffFilter on={onlyStaff} onChange={(on) => classroom.chat.onlyStaff.set(on)} />
      <MessageList
        key={onlyStaff ? 'staff' : 'all'}
        shows={shows}
        actions={{ onReply: setReplyTo, onMention: setCalled }}
      />
      <LeftOut />
      <ChatComposer
        replyTo={replyTo}
        onReplied={() => setReplyTo(null)}
        called={called}
        onCalled={() => setCalled(null)}
      />
    </div>
  )
}

function StaffFilter({ on, onChange }: { on: boolean; onChange: (on: boolean) => void }) {
  const { t } = useTranslation()
  const { isStaff } = useRoom()
  return (
    <div className="short:hidden flex shrink-0 flex-wrap gap-1.5 px-3 pt-1.5">
      {isStaff && <NoticeTools />}
      <button
        type="button"
        aria-pressed={on}
        onClick={() => onChange(!on)}
        data-testid="only-staff"
        className={classes(
          'ms-auto inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-full border px-2.5 text-xs transition-colors duration-150',
          on ? 'border-accent bg-accent-soft text-accent' : 'text-muted hover:text-text',
        )}
      >
        <GraduationCap size={14} aria-hidden />
        {t('room.chat.onlyStaff')}
      </button>
    </div>
  )
}
