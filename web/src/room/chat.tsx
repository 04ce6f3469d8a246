/** The chat: what is being read never moves; new messages wait behind a pill. */
import { ArrowDown, MessageCircle } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso'
import type { Message, OwnMessage } from '../classroom/chat-log.ts'
import type { Held } from '../classroom/order.ts'
import { Empty } from '../ui/states.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { ChatComposer } from './chat-composer.tsx'
import { ConfirmedMessage, HeldMessage, UnconfirmedMessage } from './chat-message.tsx'
import { useRoom } from './classroom-context.ts'
import { PinnedMessage } from './pinned.tsx'

type Row = Message | OwnMessage | Held
const isOwn = (row: Row): row is OwnMessage => 'key' in row
const isHeld = (row: Row): row is Held => 'type' in row

/** Messages of one person within this time stand under one name. */
const TOGETHER_MS = 120_000
const ANNOUNCE_EVERY_MS = 4000

export function Chat() {
  const [replyTo, setReplyTo] = useState<Message | null>(null)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PinnedMessage />
      <MessageList onReply={setReplyTo} />
      <ChatComposer replyTo={replyTo} onReplied={() => setReplyTo(null)} />
      <Announcer />
    </div>
  )
}

function MessageList({ onReply }: { onReply: (message: Message) => void }) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const { messages, own, firstIndex, loadingOlder } = useStore(classroom.chat.view)
  const list = useRef<VirtuosoHandle>(null)
  const [atBottom, setAtBottom] = useState(true)
  const unread = useUnread(messages, atBottom)
  useEffect(() => {
    if (own.length > 0) list.current?.scrollToIndex({ index: 'LAST', align: 'end' })
  }, [own.length])
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const { held } = useStore(classroom.order.view)
  const waiting = held.filter(({ by, data }) => by?.peerId === selfId && data.as === 'message')
  const rows: Row[] = [...messages, ...waiting, ...own]
  if (rows.length === 0)
    return (
      <div className="flex flex-1 items-center justify-center">
        <Empty small icon={<MessageCircle size={28} strokeWidth={1.5} />} title={t('room.chat.empty')} />
      </div>
    )
  return (
    <div className="relative min-h-0 flex-1">
      <Virtuoso
        ref={list}
        role="log"
        aria-live="off"
        aria-label={t('room.chat.label')}
        data-testid="chat-messages"
        className="scroll-quiet h-full"
        alignToBottom
        data={rows}
        firstItemIndex={firstIndex}
        initialTopMostItemIndex={rows.length - 1}
        followOutput={(bottom) => (bottom ? 'auto' : false)}
        atBottomStateChange={setAtBottom}
        atBottomThreshold={48}
        startReached={() => void classroom.chat.loadOlder()}
        increaseViewportBy={200}
        computeItemKey={(_, row) => (isOwn(row) ? row.key : row.seq)}
        itemContent={(index, row) => {
          if (isOwn(row)) return <UnconfirmedMessage message={row} />
          if (isHeld(row)) return <HeldMessage held={row} />
          const before = rows[index - firstIndex - 1]
          const together =
            before !== undefined &&
            !isOwn(before) &&
            !isHeld(before) &&
            before.by?.peerId === row.by?.peerId &&
            row.replyTo === null &&
            row.at - before.at < TOGETHER_MS
          return <ConfirmedMessage message={row} together={together} onReply={onReply} />
        }}
        context={{ loadingOlder }}
        components={edges}
      />
      {!atBottom && (
        <button
          type="button"
          data-testid="new-messages"
          onClick={() => list.current?.scrollToIndex({ index: 'LAST', align: 'end', behavior: 'auto' })}
          className="absolute inset-x-0 bottom-2 mx-auto flex h-8 w-fit animate-rise items-center gap-1.5 rounded-full bg-ink px-3.5 text-on-ink text-xs shadow-raised"
        >
          <ArrowDown size={14} aria-hidden />
          {unread > 0 ? t('room.chat.newMessages', { count: unread }) : t('room.chat.toLatest')}
        </button>
      )}
    </div>
  )
}

type Edges = { loadingOlder: boolean }

function Beginning({ context }: { context?: Edges }) {
  const { t } = useTranslation()
  return (
    <p className="h-8 content-center text-center text-muted text-xs">
      {context?.loadingOlder ? t('room.chat.older') : ''}
    </p>
  )
}

const edges = { Header: Beginning, Footer: () => <div className="h-2" /> }

/** How many messages came while one was reading further up. */
function useUnread(messages: readonly Message[], atBottom: boolean): number {
  const latest = messages.at(-1)?.seq ?? 0
  const [seen, setSeen] = useState(latest)
  useEffect(() => {
    if (atBottom) setSeen(latest)
  }, [atBottom, latest])
  return atBottom ? 0 : messages.filter(({ seq }) => seq > seen).length
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
      const [message] = fresh
      if (!message) return
      setText(
        fresh.length === 1
          ? t('room.chat.announced', { name: message.by?.displayName ?? '', text: message.text })
          : t('room.chat.announcedMany', { count: fresh.length }),
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
