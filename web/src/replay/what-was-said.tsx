/** What was said up to the place that is being watched; a click goes to where it was said. */
import { ChartNoAxesColumn, MessageCircleQuestion } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import { AnnouncementBar } from '../notices/announcement.tsx'
import { OfferCard } from '../notices/offer-card.tsx'
import type { Player } from '../player/player.ts'
import { ChatPicture } from '../room/chat-picture.tsx'
import { Avatar } from '../ui/avatar.tsx'
import { Skeleton } from '../ui/states.tsx'
import { useStore } from '../use-store.ts'
import { positionOf } from './media-time.ts'
import type { ReplayLog, Said } from './replay-log.ts'

/** Nearer to the end than this one follows what comes. */
const FOLLOWING = 48

export function WhatWasSaid({ log, player }: { log: ReplayLog; player: Player }) {
  const { t } = useTranslation()
  const { said, loading, failed } = useStore(log.view)
  const { offer, announcement } = useStore(log.notices.view)
  const list = useRef<HTMLDivElement>(null)
  const [following, setFollowing] = useState(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is said moves the end
  useEffect(() => {
    if (following) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [said, following])
  const seek = (mediaMs: number) => player.seek(positionOf(player.view.get().replay?.runs ?? [], mediaMs))
  return (
    <aside
      aria-label={t('replay.said')}
      className="mt-4 flex h-96 flex-col overflow-hidden rounded-card border bg-surface lg:sticky lg:top-18 lg:mt-0 lg:h-[min(calc(100dvh-6rem),40rem)]"
    >
      <h2 className="display border-b px-4 py-3 text-base">{t('replay.said')}</h2>
      <AnnouncementBar announcement={announcement} />
      <OfferCard shown={offer} />
      {failed && (
        <p role="alert" className="border-b px-4 py-2 text-accent text-sm">
          {t('replay.logFailed')}
        </p>
      )}
      <div
        ref={list}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls is reached by the keyboard
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t('replay.said')}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
          setFollowing(scrollHeight - scrollTop - clientHeight < FOLLOWING)
        }
        className="scroll-quiet min-h-0 flex-1 overflow-y-auto py-2"
        data-testid="replay-log"
      >
        {said.map((event) => (
          <Row key={event.seq} event={event} onSeek={seek} />
        ))}
        {said.length === 0 &&
          (loading ? (
            <div className="flex flex-col gap-3 p-4">
              <Skeleton className="h-8" />
              <Skeleton className="h-8" />
            </div>
          ) : (
            <p className="px-4 py-10 text-center text-muted text-sm">{t('replay.nothingSaid')}</p>
          ))}
      </div>
    </aside>
  )
}

function Row({ event, onSeek }: { event: Said; onSeek: (mediaMs: number) => void }) {
  const { t } = useTranslation()
  const { by, mediaMs } = event
  const name = by?.displayName ?? t('replay.somebody')
  return (
    <article className="flex gap-2.5 px-4 py-1.5" data-testid={`said-${event.type}`} data-seq={event.seq}>
      <Avatar name={name} staff={by !== null && by.role !== 'student'} size="sm" />
      <div className="min-w-0 flex-1">
        <p className="flex items-baseline gap-2 text-muted text-xs">
          <span className="truncate font-medium">{name}</span>
          <button
            type="button"
            className="tabular shrink-0 underline decoration-dotted hover:text-accent"
            aria-label={t('replay.goTo', { time: clockTime(mediaMs ?? 0) })}
            onClick={() => onSeek(mediaMs ?? 0)}
          >
            {clockTime(mediaMs ?? 0)}
          </button>
        </p>
        {event.type === 'messageSent' && event.data.picture && <ChatPicture picture={event.data.picture} name={name} />}
        <p className="whitespace-pre-wrap break-words text-sm">{wordsOf(event)}</p>
      </div>
    </article>
  )
}

function wordsOf(event: Said): ReactNode {
  if (event.type === 'messageSent') return event.data.text
  const asked = event.type === 'questionAsked'
  const Icon = asked ? MessageCircleQuestion : ChartNoAxesColumn
  return (
    <>
      <Icon size={14} aria-hidden className="me-1 inline text-accent" />
      {asked ? event.data.text : event.data.poll.question}
    </>
  )
}
