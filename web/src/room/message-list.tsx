/** The messages: what is being read never moves; new ones wait behind a pill, and a line shows where they begin. */
import { ArrowDown, AtSign, MessageCircle } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso, type VirtuosoHandle } from 'react-virtuoso'
import type { Message, OwnMessage } from '../classroom/chat-log.ts'
import type { Held } from '../classroom/order.ts'
import { Empty } from '../ui/states.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { ConfirmedMessage, HeldMessage, type MessageActions, UnconfirmedMessage } from './chat-message.tsx'
import { useRoom } from './classroom-context.ts'

type Row = Message | OwnMessage | Held
const isOwn = (row: Row): row is OwnMessage => 'key' in row
const isHeld = (row: Row): row is Held => 'type' in row

/** Messages of one person within this time stand under one name. */
const TOGETHER_MS = 120_000
/** Where the numbering of rows begins: it falls as older ones are put before it. */
const FIRST_INDEX = 1_000_000

type Props = { shows: (message: Message) => boolean; actions: MessageActions }

export function MessageList({ shows, actions }: Props) {
  const { t } = useTranslation()
  const { chat, order, room } = useRoom().classroom
  const { messages: all, own, loadingOlder } = useStore(chat.view)
  const messages = all.filter(shows)
  const firstIndex = useFirstIndex(messages)
  const list = useRef<VirtuosoHandle>(null)
  const [atBottom, setAtBottom] = useState(true)
  useEffect(() => {
    if (own.length > 0) list.current?.scrollToIndex({ index: 'LAST', align: 'end' })
  }, [own.length])
  const selfId = useStorePart(room, ({ self }) => self?.peerId)
  const { unread, stretch } = useUnread(messages, atBottom, selfId)
  const { held } = useStore(order.view)
  const waiting = held.filter(({ by, data }) => by?.peerId === selfId && data.as === 'message')
  const rows: Row[] = [...messages, ...waiting, ...own]
  const loadOlder = () => void chat.loadOlder(shows)
  if (rows.length === 0) return <NoMessages filtered={all.length > 0} onOlder={loadOlder} />
  const called = unread.find(({ mentions }) => mentions.some(({ peerId }) => peerId === selfId))
  const firstUnread = stretch && messages.find(({ seq }) => seq > stretch.after)
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
        startReached={loadOlder}
        increaseViewportBy={200}
        computeItemKey={(_, row) => (isOwn(row) ? row.key : row.seq)}
        itemContent={(index, row) => {
          if (isOwn(row)) return <UnconfirmedMessage message={row} />
          if (isHeld(row)) return <HeldMessage held={row} />
          const begins = row.seq === firstUnread?.seq
          return (
            <>
              {begins && <UnreadLine count={countOf(messages, stretch)} />}
              <ConfirmedMessage
                message={row}
                together={!begins && isTogether(rows[index - firstIndex - 1], row)}
                actions={actions}
              />
            </>
          )
        }}
        context={{ loadingOlder }}
        components={edges}
      />
      {!atBottom && (
        <button
          type="button"
          data-testid="new-messages"
          onClick={() => {
            const index = called ? rows.indexOf(called) : -1
            list.current?.scrollToIndex(index < 0 ? { index: 'LAST', align: 'end' } : { index, align: 'center' })
          }}
          className="absolute inset-x-0 bottom-2 mx-auto flex h-8 w-fit animate-rise items-center gap-1.5 rounded-full bg-ink px-3.5 text-on-ink text-xs shadow-raised"
        >
          {called ? <AtSign size={14} aria-hidden /> : <ArrowDown size={14} aria-hidden />}
          {called
            ? t('room.chat.calledYou', { name: called.by?.displayName ?? '' })
            : unread.length > 0
              ? t('room.chat.newMessages', { count: unread.length })
              : t('room.chat.toLatest')}
        </button>
      )}
    </div>
  )
}

function isTogether(before: Row | undefined, row: Message): boolean {
  if (before === undefined || isOwn(before) || isHeld(before) || row.replyTo !== null) return false
  return before.by?.peerId === row.by?.peerId && row.at - before.at < TOGETHER_MS
}

function NoMessages({ filtered, onOlder }: { filtered: boolean; onOlder: () => void }) {
  const { t } = useTranslation()
  const { hasOlder, loadingOlder } = useStore(useRoom().classroom.chat.view)
  return (
    <div className="flex flex-1 flex-col items-center justify-center">
      <Empty
        small
        icon={<MessageCircle size={28} strokeWidth={1.5} />}
        title={t(filtered ? 'room.chat.emptyOfStaff' : 'room.chat.empty')}
      />
      {filtered && hasOlder && (
        <button
          type="button"
          disabled={loadingOlder}
          onClick={onOlder}
          className="text-accent text-xs underline disabled:opacity-50"
        >
          {t(loadingOlder ? 'room.chat.older' : 'room.chat.lookFurther')}
        </button>
      )}
    </div>
  )
}

function UnreadLine({ count }: { count: number }) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule of a page holds no words
    <div
      role="separator"
      aria-label={t('room.chat.newMessages', { count })}
      data-testid="unread-line"
      className="flex items-center gap-3 px-4 pt-3 pb-1 text-accent text-xs"
    >
      <span aria-hidden className="h-px flex-1 bg-current opacity-40" />
      <span className="tabular">{t('room.chat.newMessages', { count })}</span>
      <span aria-hidden className="h-px flex-1 bg-current opacity-40" />
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

/** The number of the first row, so that all others keep theirs when rows are put before it or fall away. */
function useFirstIndex(messages: readonly Message[]): number {
  const place = useRef({ index: FIRST_INDEX, messages })
  const { index, messages: before } = place.current
  const oldest = before[0]?.seq ?? 0
  const first = messages[0]?.seq ?? 0
  const added = messages.filter(({ seq }) => seq < oldest).length
  const gone = before.filter(({ seq }) => seq < first).length
  place.current = { index: index - added + gone, messages }
  return place.current.index
}

/** What came while one was reading further up, or not looking at all. */
function useUnread(messages: readonly Message[], atBottom: boolean, selfId: string | undefined) {
  const { unread } = useRoom().classroom.chat
  const last = messages.at(-1)
  const latest = last?.seq ?? 0
  // Whoever says something is at the end of the chat again.
  const reads = atBottom || (last !== undefined && last.by?.peerId === selfId)
  const { seen, stretch } = useStore(unread.view)
  useEffect(() => {
    const look = () => unread.notice(latest, reads && document.visibilityState === 'visible')
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [unread, latest, reads])
  useEffect(() => () => unread.leave(), [unread])
  return { unread: atBottom ? [] : messages.filter(({ seq }) => seq > seen), stretch }
}

const countOf = (messages: readonly Message[], stretch: { after: number; upTo: number } | null) =>
  stretch ? messages.filter(({ seq }) => seq > stretch.after && seq <= stretch.upTo).length : 0
