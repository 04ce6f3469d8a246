/** The words of a message: addresses are links, and those who are called by name are marked. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Message } from '../classroom/chat-log.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function MessageText({ message: { text, mentions } }: { message: Pick<Message, 'text' | 'mentions'> }) {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const parts: ReactNode[] = []
  let end = 0
  for (const { peerId, start, length } of mentions) {
    const mine = peerId === selfId
    parts.push(
      ...withLinks(text.slice(end, start), end),
      <span
        key={`@${start}`}
        data-testid="mentioned"
        className={classes('text-accent', mine && 'rounded bg-accent-fill px-1 font-medium text-on-accent')}
      >
        {text.slice(start, start + length)}
        {mine && <span className="sr-only"> {t('room.chat.thatIsYou')}</span>}
      </span>,
    )
    end = start + length
  }
  return (
    <p className="whitespace-pre-wrap break-words text-sm">
      {parts}
      {withLinks(text.slice(end), end)}
    </p>
  )
}

const ADDRESS = /https?:\/\/[^\s<>"'，。；！？）】》]+/g

function withLinks(text: string, offset: number): ReactNode[] {
  const parts: ReactNode[] = []
  let end = 0
  for (const { 0: address, index } of text.matchAll(ADDRESS)) {
    parts.push(
      text.slice(end, index),
      <a
        key={offset + index}
        href={address}
        target="_blank"
        rel="noopener noreferrer nofollow"
        className="text-accent underline"
      >
        {address}
      </a>,
    )
    end = index + address.length
  }
  return [...parts, text.slice(end)]
}
