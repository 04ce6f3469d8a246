/** One message: who, when, what; greyed until the room has it. */
import { AtSign, Flag, MessageCircleQuestion, MoreHorizontal, Pin, Reply, RotateCw, Trash2, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Person } from '../../../signaling/protocol/events.ts'
import type { Message, OwnMessage } from '../classroom/chat-log.ts'
import type { Held } from '../classroom/order.ts'
import { timeOfDay } from '../format.ts'
import { Avatar } from '../ui/avatar.tsx'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { useStorePart } from '../use-store.ts'
import { ChatPicture } from './chat-picture.tsx'
import { useRoom } from './classroom-context.ts'
import { MessageText } from './message-text.tsx'
import { OrderItems } from './order-items.tsx'
import { RoleBadge } from './role-badge.tsx'
import { useAct } from './use-act.ts'

export type MessageActions = { onReply: (message: Message) => void; onMention: (person: Person) => void }
type Props = { message: Message; together: boolean; actions: MessageActions }

export function ConfirmedMessage({ message, together, actions }: Props) {
  const { classroom } = useRoom()
  const { by, at, seq, replyTo, mentions } = message
  const selfId = useStorePart(classroom.room, (room) => room.self?.peerId)
  const mine = selfId === by?.peerId
  const callsMe = mentions.some(({ peerId }) => peerId === selfId)
  const name = by?.displayName ?? ''
  return (
    <article
      data-testid="chat-message"
      data-seq={seq}
      className={classes(
        'group relative flex gap-2.5 px-4',
        together ? 'pt-0.5' : 'pt-2.5',
        callsMe ? 'bg-accent-soft shadow-[inset_2px_0_var(--color-accent)]' : 'hover:bg-sunken',
      )}
    >
      <div className="w-7 shrink-0">
        {!together && by && <Avatar name={name} staff={by.role !== 'student'} size="sm" />}
      </div>
      <div className="min-w-0 flex-1 pb-0.5">
        {!together && (
          <p className="flex items-baseline gap-2 text-xs">
            <span
              className={classes(
                'truncate font-medium',
                by && by.role !== 'student' ? 'text-accent' : mine ? 'text-text' : 'text-muted',
              )}
            >
              {name}
            </span>
            {by && <RoleBadge role={by.role} />}
            <time className="tabular shrink-0 text-muted" dateTime={new Date(at).toISOString()}>
              {timeOfDay(at)}
            </time>
          </p>
        )}
        {replyTo !== null && <Quote seq={replyTo} />}
        {message.picture && <ChatPicture picture={message.picture} name={name} />}
        {message.text && <MessageText message={message} />}
      </div>
      <MessageMenu message={message} mine={mine} actions={actions} />
    </article>
  )
}

/** The words that are answered, as far as this page has them. */
function Quote({ seq }: { seq: number }) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const quoted = useStorePart(classroom.chat.view, ({ messages }) => messages.find((message) => message.seq === seq))
  return (
    <p className="my-0.5 line-clamp-2 break-words border-s-2 ps-2 text-muted text-xs" data-testid="quote">
      {quoted ? `${quoted.by?.displayName ?? ''}: ${quoted.text || t('room.picture.word')}` : t('room.chat.quoteGone')}
    </p>
  )
}

type MenuProps = { message: Message; mine: boolean; actions: MessageActions }

function MessageMenu({ message, mine, actions: { onReply, onMention } }: MenuProps) {
  const { seq, by } = message
  const { t } = useTranslation()
  const act = useAct()
  const { classroom, isStaff } = useRoom()
  const name = by?.displayName ?? ''
  const overStudent = isStaff && by?.role === 'student'
  return (
    <Menu
      trigger={
        <IconButton
          small
          label={t('room.chat.menu', { name })}
          icon={<MoreHorizontal size={16} />}
          data-testid="message-menu"
          className="absolute end-2 top-0.5 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-40"
        />
      }
    >
      <MenuItem icon={<Reply size={16} />} onSelect={() => onReply(message)} testId="reply">
        {t('room.chat.reply')}
      </MenuItem>
      {by && !mine && (
        <MenuItem icon={<AtSign size={16} />} onSelect={() => onMention(by)} testId="mention">
          {t('room.chat.mention', { name })}
        </MenuItem>
      )}
      {isStaff && (
        <MenuItem icon={<Pin size={16} />} onSelect={() => void act(() => classroom.chat.pin(seq))} testId="pin">
          {t('room.chat.pin')}
        </MenuItem>
      )}
      {!isStaff && !mine && by?.role === 'student' && (
        <MenuItem
          icon={<Flag size={16} />}
          onSelect={() => void act(() => classroom.order.report(seq), t('room.review.reported'))}
          testId="report-message"
        >
          {t('room.review.report')}
        </MenuItem>
      )}
      {(isStaff || mine) && (
        <MenuItem
          icon={<Trash2 size={16} />}
          onSelect={() => void act(() => classroom.chat.delete(seq))}
          testId="delete-message"
        >
          {t(mine ? 'room.chat.deleteOwn' : 'room.chat.delete')}
        </MenuItem>
      )}
      {overStudent && by && (
        <>
          {message.text && (
            <MenuItem
              icon={<MessageCircleQuestion size={16} />}
              onSelect={() => void act(() => classroom.questions.promote(seq), t('room.questions.promoted'))}
              testId="promote-message"
            >
              {t('room.questions.promote')}
            </MenuItem>
          )}
          <MenuLine />
          <OrderItems peerId={by.peerId} name={name} />
        </>
      )}
    </Menu>
  )
}

/** One’s own message that waits for staff. */
export function HeldMessage({ held }: { held: Held }) {
  const { t } = useTranslation()
  const { data } = held
  return (
    <article data-testid="held-message" className="flex gap-2.5 px-4 pt-2.5">
      <div className="w-7 shrink-0" />
      <div className="min-w-0 flex-1">
        {data.picture && <ChatPicture picture={data.picture} name={held.by?.displayName ?? ''} />}
        {data.text && <p className="whitespace-pre-wrap break-words text-muted text-sm">{data.text}</p>}
        <p className="text-muted text-xs">{t('room.review.waiting')}</p>
      </div>
    </article>
  )
}

export function UnconfirmedMessage({ message }: { message: OwnMessage }) {
  const { t } = useTranslation()
  const { chat } = useRoom().classroom
  const { key, text, failed, picture } = message
  return (
    <article data-testid="own-message" className="flex gap-2.5 px-4 pt-2.5">
      <div className="w-7 shrink-0" />
      <div className="min-w-0 flex-1">
        {picture && <ChatPicture picture={picture} />}
        <p className="whitespace-pre-wrap break-words text-muted text-sm opacity-60" aria-busy={!failed}>
          {text}
        </p>
        {failed && (
          <p role="alert" className="flex flex-wrap items-center gap-x-2 text-accent text-xs">
            <span>{t('room.chat.failed', { reason: t(`errors.${failed}`) })}</span>
            <button type="button" className="inline-flex items-center gap-1 underline" onClick={() => chat.retry(key)}>
              <RotateCw size={12} aria-hidden />
              {t('room.chat.retry')}
            </button>
            <button
              type="button"
              className="inline-flex items-center gap-1 underline"
              onClick={() => chat.discard(key)}
            >
              <X size={12} aria-hidden />
              {t('room.chat.discard')}
            </button>
          </p>
        )}
      </div>
    </article>
  )
}
