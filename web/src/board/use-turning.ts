/** Where one can turn to from a page. */
import { useCallback } from 'react'
import type { Page } from '../../../signaling/protocol/board.ts'
import { useRoom } from '../room/classroom-context.ts'
import { useAct } from '../room/use-act.ts'
import { useStore } from '../use-store.ts'

export function useTurning({ fileId, number }: Page) {
  const act = useAct()
  const { board } = useRoom().classroom
  const { decks, blanks } = useStore(board.view)
  const pages = fileId === null ? blanks : (decks.find((deck) => deck.fileId === fileId)?.pages ?? 0)
  const at = (to: number): Page | null => (to >= 1 && to <= pages ? { fileId, number: to } : null)
  const turn = useCallback((page: Page) => void act(() => board.show(page)), [act, board])
  return { pages, previous: at(number - 1), next: at(number + 1), blank: { fileId: null, number: blanks + 1 }, turn }
}
