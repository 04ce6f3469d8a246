/** Who did what for order in this class, with the words it was about. */
import { useInfiniteQuery } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Person, RoomEvent } from '../../../signaling/protocol/events.ts'
import { timeOfDay } from '../format.ts'
import { Button } from '../ui/button.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { ChatPicture } from './chat-picture.tsx'
import { useRoom } from './classroom-context.ts'

/** It is looked at while others keep order, too. */
const REFRESH_MS = 5000

export function OrderHistory() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const list = useInfiniteQuery({
    queryKey: ['order-history', lesson.id],
    queryFn: ({ pageParam }) => classroom.order.history(pageParam),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
    gcTime: 0,
    staleTime: 0,
  })
  const acts = list.data?.pages.flatMap((page) => page.acts) ?? []
  const about = new Map(list.data?.pages.flatMap((page) => page.about.map((event) => [event.seq, event] as const)))
  return (
    <section aria-label={t('room.order.history')}>
      <h3 className="mb-1 font-medium text-sm">{t('room.order.history')}</h3>
      {list.isPending && <Skeleton className="h-8" />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && acts.length === 0 && <p className="text-muted text-sm">{t('room.order.nothingDone')}</p>}
      <ul className="divide-y" data-testid="order-history">
        {acts.map((act) => (
          <Act key={act.seq} act={act} about={about.get(seqAbout(act) ?? 0)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button size="sm" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('actions.loadMore')}
        </Button>
      )}
    </section>
  )
}

function Act({ act, about }: { act: RoomEvent; about: RoomEvent | undefined }) {
  const { t } = useTranslation()
  const words = textOf(about) ?? textOf(act)
  const picture = pictureOf(about) ?? pictureOf(act)
  return (
    <li className="py-2 text-sm">
      <p className="flex gap-2">
        <time className="tabular shrink-0 text-muted text-xs leading-6">{timeOfDay(act.at)}</time>
        <span className="min-w-0">
          <span className="font-medium">{nameOf(act.by, t)}</span> {t(`room.order.did.${didOf(act)}`)}
        </span>
      </p>
      {words !== null && (
        <p className="mt-0.5 line-clamp-3 break-words border-s-2 ps-2 text-muted">
          {about?.by && `${about.by.displayName}: `}
          {words}
        </p>
      )}
      {picture && <ChatPicture picture={picture} name={(about ?? act).by?.displayName ?? ''} />}
    </li>
  )
}

const nameOf = (by: Person | null, t: TFunction) => by?.displayName ?? t('room.order.byItself')

type Did =
  | 'messageDeleted'
  | 'questionDismissed'
  | 'handsLowered'
  | 'peerMuted'
  | 'peerUnmuted'
  | 'peerRemoved'
  | 'peerReadmitted'
  | 'settingsChanged'
  | 'wordsChanged'
  | 'textHeld'
  | 'heldAccepted'
  | 'heldRefused'
  | 'messageReported'
  | 'reportDismissed'

const didOf = (act: RoomEvent): Did =>
  act.type === 'heldDecided' ? (act.data.accepted ? 'heldAccepted' : 'heldRefused') : (act.type as Did)

function seqAbout({ data }: RoomEvent): number | null {
  if ('messageSeq' in data) return data.messageSeq
  if ('questionSeq' in data) return data.questionSeq
  return 'heldSeq' in data ? data.heldSeq : null
}

const pictureOf = (event: RoomEvent | undefined) =>
  event?.type === 'messageSent' || event?.type === 'textHeld' ? event.data.picture : undefined

const textOf = (event: RoomEvent | undefined): string | null =>
  event && 'text' in event.data && typeof event.data.text === 'string' ? event.data.text : null
