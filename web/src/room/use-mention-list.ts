/** The people whom one may mean by what is typed after an @: those who spoke lately at once, then all who are here. */
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useState } from 'react'
import type { Person } from '../../../signaling/protocol/events.ts'
import { useRoom } from './classroom-context.ts'
import { matching, mentionBefore } from './mentions.ts'

const SHOWN = 6
const ASK_AFTER_MS = 150

export type MentionList = ReturnType<typeof useMentionList>

type Options = { text: string; caret: number; onPick: (person: Person, start: number) => void }

export function useMentionList({ text, caret, onPick }: Options) {
  const { classroom } = useRoom()
  const typed = mentionBefore(text, caret)
  const [closedAt, setClosedAt] = useState<number | null>(null)
  if (typed === null && closedAt !== null) setClosedAt(null)
  const [active, setActive] = useState(0)
  const open = typed !== null && typed.start !== closedAt
  const sought = useSettled(open ? typed.sought : null)
  const here = useHere(sought)
  const selfId = classroom.room.get().self?.peerId
  const spoke = open ? classroom.chat.view.get().messages.flatMap(({ by }) => by ?? []) : []
  const people = open
    ? matching(
        [...spoke.reverse(), ...here].filter(({ peerId }) => peerId !== selfId),
        typed.sought,
        SHOWN,
      )
    : []
  const current = Math.min(active, people.length - 1)
  const pick = (person: Person | undefined) => {
    if (!person || !typed) return
    setActive(0)
    onPick(person, typed.start)
  }
  /** Whether the key was for the list. */
  const onKeyDown = ({ key }: KeyboardEvent): boolean => {
    if (people.length === 0) return false
    if (key === 'ArrowDown') setActive((current + 1) % people.length)
    else if (key === 'ArrowUp') setActive((current + people.length - 1) % people.length)
    else if (key === 'Enter' || key === 'Tab') pick(people[current])
    else if (key === 'Escape') setClosedAt(typed?.start ?? null)
    else return false
    return true
  }
  return { people, current, pick, onKeyDown, close: () => setClosedAt(typed?.start ?? null) }
}

/** What was typed, once one pauses. */
function useSettled(value: string | null): string | null {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ASK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value])
  return value === null ? null : settled
}

function useHere(sought: string | null): readonly Person[] {
  const { classroom, lesson } = useRoom()
  const { data } = useQuery({
    queryKey: ['mention', lesson.id, sought],
    queryFn: () => classroom.listPeers(sought ? { search: sought } : {}),
    enabled: sought !== null,
    staleTime: 10_000,
    gcTime: 10_000,
    retry: false,
    placeholderData: (before) => before,
  })
  return data?.peers.map(({ peerId, displayName, role }) => ({ peerId, displayName, role })) ?? []
}
