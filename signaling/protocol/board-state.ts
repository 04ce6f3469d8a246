/** The state of the board that the log adds up to: the same on the server and in the page. Free of schemas, for phones. */
import type { BoardEvent, BoardSnapshot, Deck, DrawnStroke, Page } from './board.ts'
import type { RoomEvent } from './events.ts'
import type { Person } from './person.ts'

export type Board = {
  decks: Map<string, Deck>
  blanks: number
  shown: Page | null
  /** By page, in the order in which they lie over each other. */
  strokes: Map<string, Map<string, DrawnStroke>>
  pens: Map<string, Person>
}

export const emptyBoard = (): Board => ({
  decks: new Map(),
  blanks: 0,
  shown: null,
  strokes: new Map(),
  pens: new Map(),
})

export const nameOfPage = ({ fileId, number }: Page): string => `${fileId ?? ''} ${number}`
const pageOfName = (name: string): Page => {
  const [fileId, number] = name.split(' ') as [string, string]
  return { fileId: fileId === '' ? null : fileId, number: Number(number) }
}

type Apply = { [T in BoardEvent['type']]: (board: Board, event: Extract<BoardEvent, { type: T }>) => void }

const apply: Apply = {
  deckOpened: (board, { data }) => {
    board.decks.set(data.deck.fileId, data.deck)
  },
  pageShown: (board, { data: { page } }) => {
    board.shown = page
    if (page?.fileId === null) board.blanks = Math.max(board.blanks, page.number)
  },
  strokeDrawn: (board, { by, data: { page, stroke } }) => {
    const name = nameOfPage(page)
    const strokes = board.strokes.get(name) ?? new Map<string, DrawnStroke>()
    board.strokes.set(name, strokes.set(stroke.id, { ...stroke, peerId: by?.peerId ?? '' }))
  },
  strokesErased: (board, { data: { page, strokeIds } }) => {
    const name = nameOfPage(page)
    const strokes = board.strokes.get(name)
    for (const id of strokeIds) strokes?.delete(id)
    if (strokes?.size === 0) board.strokes.delete(name)
  },
  pageCleared: (board, { data: { page } }) => {
    board.strokes.delete(nameOfPage(page))
  },
  penGiven: (board, { data: { peer } }) => {
    board.pens.set(peer.peerId, peer)
  },
  penTaken: (board, { data: { peerId } }) => {
    board.pens.delete(peerId)
  },
}

export const isAboutBoard = (event: RoomEvent): event is Extract<RoomEvent, { type: BoardEvent['type'] }> =>
  event.type in apply

export function applyToBoard(board: Board, event: BoardEvent): void {
  ;(apply[event.type] as (board: Board, event: BoardEvent) => void)(board, event)
}

export function strokesOn(board: Board, page: Page | null): DrawnStroke[] {
  return page ? [...(board.strokes.get(nameOfPage(page))?.values() ?? [])] : []
}

export function boardSnapshot(board: Board): BoardSnapshot {
  const { decks, blanks, shown, strokes, pens } = board
  return {
    decks: [...decks.values()],
    blanks,
    shown,
    strokes: strokesOn(board, shown),
    drawn: [...strokes.keys()].map(pageOfName),
    pens: [...pens.values()],
  }
}

/** Whether there is such a page; one blank page more than there are may be turned to. */
export function hasPage({ decks, blanks }: Board, { fileId, number }: Page): boolean {
  return fileId === null ? number <= blanks + 1 : number <= (decks.get(fileId)?.pages ?? 0)
}
