/** Who is here: hands first, then pages of the roster, found by name. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Hand, MicOff, MoreHorizontal, Pencil, RefreshCw, Search } from 'lucide-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Virtuoso } from 'react-virtuoso'
import type { Person } from '../../../signaling/protocol/events.ts'
import type { Result } from '../../../signaling/protocol/index.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button, IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { inputClasses } from '../ui/field.tsx'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { Empty, Failed, Skeleton } from '../ui/states.tsx'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { OrderButton } from './order-dialog.tsx'
import { OrderItems } from './order-items.tsx'
import { useAct } from './use-act.ts'

type Peer = Result<'listPeers'>['peers'][number]

const REFRESH_MS = 10_000

export function Hands() {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { hands, floor } = useStore(classroom.room)
  if (hands.length === 0 && floor.length === 0)
    return (
      <div className="flex flex-1 items-center justify-center">
        <Empty small icon={<Hand size={28} strokeWidth={1.5} />} title={t('room.people.noHands')} />
      </div>
    )
  return (
    <div className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-4 py-3">
      {floor.length > 0 && <HandList title={t('room.people.floor')} people={floor} hasFloor />}
      {hands.length > 0 && <HandList title={t('room.people.hands')} people={hands} />}
      {hands.length > 1 && (
        <Button size="sm" onClick={() => void act(() => classroom.order.lowerAllHands())} data-testid="lower-all-hands">
          {t('room.people.lowerAll')}
        </Button>
      )}
    </div>
  )
}

function HandList({ title, people, hasFloor }: { title: string; people: readonly Person[]; hasFloor?: boolean }) {
  return (
    <section className="mb-4" aria-label={title}>
      <h3 className="mb-1 text-muted text-xs">
        {title} · {people.length}
      </h3>
      <ul className="divide-y">
        {people.map((person) => (
          <HandRow key={person.peerId} person={person} hasFloor={hasFloor ?? false} />
        ))}
      </ul>
    </section>
  )
}

export function HandRow({ person, hasFloor }: { person: Person; hasFloor: boolean }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { peerId, displayName } = person
  return (
    <li className="flex items-center gap-2.5 py-2" data-testid={`hand-${peerId}`}>
      <Avatar name={displayName} staff={person.role !== 'student'} size="sm" />
      <span className="min-w-0 flex-1 truncate text-sm">{displayName}</span>
      {hasFloor ? (
        <Button size="sm" onClick={() => void act(() => classroom.floor.take(peerId))} data-testid="take-floor">
          {t('room.people.takeFloor')}
        </Button>
      ) : (
        <>
          <Button size="sm" look="ghost" onClick={() => void act(() => classroom.floor.lowerHand(peerId))}>
            {t('room.hand.lower')}
          </Button>
          <Button
            size="sm"
            look="primary"
            onClick={() => void act(() => classroom.floor.give(peerId))}
            data-testid="give-floor"
          >
            {t('room.people.giveFloor')}
          </Button>
        </>
      )}
    </li>
  )
}

export function People() {
  const { t } = useTranslation()
  const { classroom, lesson } = useRoom()
  const [search, setSearch] = useState('')
  const sought = useDeferredValue(search.trim())
  const list = useInfiniteQuery({
    queryKey: ['peers', lesson.id, sought],
    queryFn: ({ pageParam }) =>
      classroom.listPeers({ ...(pageParam ? { after: pageParam } : {}), ...(sought ? { search: sought } : {}) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
    gcTime: 0,
  })
  const peers = list.data?.pages.flatMap((page) => page.peers) ?? []
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-1 border-b px-3 py-2">
        <label className="relative flex-1">
          <Search size={16} aria-hidden className="absolute inset-y-0 start-3 my-auto text-muted" />
          <input
            type="search"
            value={search}
            onChange={({ target }) => setSearch(target.value)}
            placeholder={t('room.people.search')}
            aria-label={t('room.people.search')}
            maxLength={64}
            data-testid="people-search"
            className={classes(inputClasses(), 'h-10 ps-9')}
          />
        </label>
        <IconButton
          label={t('room.people.refresh')}
          icon={<RefreshCw size={16} />}
          onClick={() => void list.refetch()}
        />
        <OrderButton />
      </div>
      {list.isPending ? (
        <div className="flex flex-col gap-3 p-4">
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
          <Skeleton className="h-8" />
        </div>
      ) : list.error && peers.length === 0 ? (
        <Failed error={list.error} onRetry={() => void list.refetch()} />
      ) : peers.length === 0 ? (
        <p className="py-10 text-center text-muted text-sm">{t('room.people.none')}</p>
      ) : (
        <Virtuoso
          className="scroll-quiet min-h-0 flex-1"
          data={peers}
          computeItemKey={(_, peer) => peer.peerId}
          endReached={() => list.hasNextPage && void list.fetchNextPage()}
          itemContent={(_, peer) => <PeerRow peer={peer} onChanged={() => void list.refetch()} />}
        />
      )}
    </div>
  )
}

function PeerRow({ peer, onChanged }: { peer: Peer; onChanged: () => void }) {
  const { t } = useTranslation()
  const { peerId, displayName, role, online, muted } = peer
  return (
    <div className="flex items-center gap-2.5 px-4 py-2" data-testid={`peer-${peerId}`}>
      <span className={online ? '' : 'opacity-50'}>
        <Avatar name={displayName} staff={role !== 'student'} size="sm" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">{displayName}</p>
        <p className="flex items-center gap-1 text-muted text-xs">
          {role === 'student' ? t(online ? 'room.people.online' : 'room.people.away') : t(`roles.${role}`)}
          {muted && (
            <>
              {' · '}
              <MicOff size={11} aria-hidden />
              {t('room.people.muted')}
            </>
          )}
        </p>
      </div>
      {role === 'student' && <PeerMenu peer={peer} onChanged={onChanged} />}
    </div>
  )
}

function PeerMenu({ peer, onChanged }: { peer: Peer; onChanged: () => void }) {
  const { t } = useTranslation()
  const act = useAct()
  const { classroom } = useRoom()
  const { peerId, displayName: name } = peer
  const hasFloor = useStorePart(classroom.room, ({ floor }) => floor.some((person) => person.peerId === peerId))
  const hasPen = useStorePart(classroom.board.view, ({ pens }) => pens.some((person) => person.peerId === peerId))
  const live = useStorePart(classroom.room, ({ status }) => status === 'live')
  const change = (action: () => Promise<void>, done?: string) => void act(action, done).then(onChanged)
  return (
    <Menu
      trigger={
        <IconButton
          small
          label={t('room.people.actions', { name })}
          icon={<MoreHorizontal size={16} />}
          data-testid="peer-menu"
        />
      }
    >
      {(live || hasFloor) && (
        <>
          <MenuItem
            icon={<Hand size={16} />}
            onSelect={() => change(() => (hasFloor ? classroom.floor.take(peerId) : classroom.floor.give(peerId)))}
          >
            {t(hasFloor ? 'room.people.takeFloor' : 'room.people.giveFloor')}
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuItem
        icon={<Pencil size={16} />}
        onSelect={() => change(() => (hasPen ? classroom.board.takePen(peerId) : classroom.board.givePen(peerId)))}
        testId="lend-pen"
      >
        {t(hasPen ? 'room.board.takePen' : 'room.board.givePen')}
      </MenuItem>
      <OrderItems peerId={peerId} name={name} onDone={onChanged} />
    </Menu>
  )
}
