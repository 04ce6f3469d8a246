/** The chat: the messages, of everyone or of staff alone, and where one writes. */
import { GraduationCap } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../../signaling/protocol/events.ts'
import type { Message } from '../classroom/chat-log.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { ChatComposer } from './chat-composer.tsx'
import { useRoom } from './classroom-context.ts'
import { MessageList } from './message-list.tsx'
import { NoticeTools } from './notice-tools.tsx'
import { PinnedMessage } from './pinned.tsx'

const ANNOUNCE_EVERY_MS = 4000

export function Chat() {
  const { classroom } = useRoom()
  const [replyTo, setReplyTo] = useState<Message | null>(null)
  const [called, setCalled] = useState<Person | null>(null)
  const [onlyStaff, setOnlyStaff] = useState(false)
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const shows = ({ by }: Message) => !onlyStaff || by === null || by.role !== 'student' || by.peerId === selfId
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PinnedMessage />
      <StaffFilter on={onlyStaff} onChange={setOnlyStaff} />
      <MessageList
        key={onlyStaff ? 'staff' : 'all'}
        shows={shows}
        actions={{ onReply: setReplyTo, onMention: setCalled }}
      />
      <ChatComposer
        replyTo={replyTo}
        onReplied={() => setReplyTo(null)}
        called={called}
        onCalled={() => setCalled(null)}
      />
      <Announcer />
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

/** Reads new messages out for those who listen, a few seconds' worth at a time. */
function Announcer() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const [text, setText] = useState('')
  useEffect(() => {
    const latest = () => classroom.chat.view.get().messages.at(-1)?.seq ?? 0
    let announced = latest()
    const timer = setInterval(() => {
      const selfId = classroom.room.get().self?.peerId
      const { messages } = classroom.chat.view.get()
      const fresh = messages.filter(({ seq, by }) => seq > announced && by?.peerId !== selfId)
      announced = Math.max(announced, latest())
      const called = fresh.find(({ mentions }) => mentions.some(({ peerId }) => peerId === selfId))
      const message = called ?? fresh[0]
      if (!message) return
      const said = { name: message.by?.displayName ?? '', text: message.text || t('room.picture.word') }
      if (called) return setText(t('room.chat.announcedCall', said))
      setText(
        fresh.length === 1 ? t('room.chat.announced', said) : t('room.chat.announcedMany', { count: fresh.length }),
      )
    }, ANNOUNCE_EVERY_MS)
    return () => clearInterval(timer)
  }, [classroom, t])
  return (
    <p aria-live="polite" className="sr-only">
      {text}
    </p>
  )
}
