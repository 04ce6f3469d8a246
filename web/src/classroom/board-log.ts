/** The board as this viewer has it: the same state as the server’s, moved on by the same events, and strokes on their way. */
import type { BoardSnapshot, Deck, DrawnStroke, Page, Sketch } from '../../../signaling/protocol/board.ts'
import {
  applyToBoard,
  type Board,
  emptyBoard,
  isAboutBoard,
  nameOfPage,
  strokesOn,
} from '../../../signaling/protocol/board-state.ts'
import { limits } from '../../../signaling/protocol/constants.ts'
import type { Person, RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Payload } from '../../../signaling/protocol/index.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

/** A sketch or a laser of which nothing more is heard is gone after so long. */
const FADING_MS = 3000

export type BoardView = {
  decks: readonly Deck[]
  blanks: number
  shown: Page | null
  pens: readonly Person[]
}

export type Laser = { peerId: string; x: number; y: number }
/** What others are drawing on the page that is shown, and where they point. */
export type Passing = { sketches: readonly (Sketch & { peerId: string })[]; lasers: readonly Laser[] }

const nothingPassing: Passing = { sketches: [], lasers: [] }
const noBoard: BoardView = { decks: [], blanks: 0, shown: null, pens: [] }

export class BoardLog {
  readonly view = new Store<BoardView>(noBoard)
  /** On the page that is shown, the lowest first. */
  readonly strokes = new Store<readonly DrawnStroke[]>([])
  readonly passing = new Store(nothingPassing)
  readonly #request: Request
  #board: Board = emptyBoard()
  /** Pages that others have drawn on before we came. */
  #unread = new Set<string>()
  #sketches = new Map<string, { sketch: Sketch & { peerId: string }; timer: ReturnType<typeof setTimeout> }>()
  #lasers = new Map<string, { laser: Laser; page: string; timer: ReturnType<typeof setTimeout> }>()
  #selfId = ''

  constructor(request: Request) {
    this.#request = request
  }

  enter(selfId: string, { decks, blanks, shown, strokes, drawn, pens }: BoardSnapshot): void {
    this.#selfId = selfId
    this.#board = {
      decks: new Map(decks.map((deck) => [deck.fileId, deck])),
      blanks,
      shown,
      strokes: new Map(shown && strokes.length > 0 ? [[nameOfPage(shown), byId(strokes)]] : []),
      pens: new Map(pens.map((person) => [person.peerId, person])),
    }
    this.#unread = new Set(drawn.map(nameOfPage).filter((name) => !shown || name !== nameOfPage(shown)))
    this.#forgetPassing()
    this.#tell()
  }

  apply(events: readonly RoomEvent[]): void {
    const about = events.filter(isAboutBoard)
    if (about.length === 0 && !events.some(({ type }) => type === 'classEnded')) return
    for (const event of about) {
      applyToBoard(this.#board, event)
      if (event.type === 'pageCleared') this.#unread.delete(nameOfPage(event.data.page))
      if (event.type === 'strokeDrawn') this.#forgetSketch(`${event.by?.peerId} ${event.data.stroke.id}`)
      if (event.type === 'pageShown') this.#forgetPassing()
    }
    if (events.some(({ type }) => type === 'classEnded')) this.#board.pens.clear()
    this.#tell()
    void this.#read()
  }

  /** What others are drawing at this moment. */
  see({ sketches, lasers }: Payload<'sketched'>): void {
    for (const sketch of sketches) if (sketch.peerId !== this.#selfId) this.#addSketch(sketch)
    for (const { peerId, page, at } of lasers) {
      clearTimeout(this.#lasers.get(peerId)?.timer)
      this.#lasers.delete(peerId)
      const [x, y] = at ?? []
      if (peerId === this.#selfId || x === undefined || y === undefined) continue
      const timer = setTimeout(() => {
        this.#lasers.delete(peerId)
        this.#tellPassing()
      }, FADING_MS)
      this.#lasers.set(peerId, { laser: { peerId, x, y }, page: nameOfPage(page), timer })
    }
    this.#tellPassing()
  }

  /** Brings a document to the board and turns to its first page. */
  async openDeck(fileId: string, pages: number): Promise<void> {
    await this.#request('openDeck', { fileId, pages })
    await this.show({ fileId, number: 1 })
  }

  async show(page: Page | null): Promise<void> {
    await this.#request('showPage', { page })
  }

  async clear(page: Page): Promise<void> {
    await this.#request('clearPage', { page })
  }

  async givePen(peerId: string): Promise<void> {
    await this.#request('givePen', { peerId })
  }

  /** Staff takes it; a student gives their own back. */
  async takePen(peerId: string): Promise<void> {
    await this.#request('takePen', { peerId })
  }

  close(): void {
    this.#forgetPassing()
  }

  #addSketch(sketch: Sketch & { peerId: string }): void {
    const name = `${sketch.peerId} ${sketch.id}`
    const known = this.#sketches.get(name)
    clearTimeout(known?.timer)
    const points = [...(known?.sketch.points ?? []), ...sketch.points].slice(0, limits.strokeNumbers)
    const timer = setTimeout(() => {
      this.#sketches.delete(name)
      this.#tellPassing()
    }, FADING_MS)
    this.#sketches.set(name, { sketch: { ...sketch, points }, timer })
  }

  #forgetSketch(name: string): void {
    clearTimeout(this.#sketches.get(name)?.timer)
    this.#sketches.delete(name)
  }

  #forgetPassing(): void {
    for (const { timer } of [...this.#sketches.values(), ...this.#lasers.values()]) clearTimeout(timer)
    this.#sketches.clear()
    this.#lasers.clear()
  }

  /** A page that was drawn on before we came is asked for when it is turned to. */
  async #read(): Promise<void> {
    const { shown } = this.#board
    if (!shown || !this.#unread.delete(nameOfPage(shown))) return
    try {
      const { strokes } = await this.#request('listStrokes', { page: shown })
      this.#board.strokes.set(nameOfPage(shown), byId(strokes))
      this.#tell()
    } catch {
      this.#unread.add(nameOfPage(shown))
    }
  }

  #tell(): void {
    const { decks, blanks, shown, pens } = this.#board
    this.view.set({ decks: [...decks.values()], blanks, shown, pens: [...pens.values()] })
    this.strokes.set(strokesOn(this.#board, shown))
    this.#tellPassing()
  }

  #tellPassing(): void {
    const { shown } = this.#board
    const name = shown && nameOfPage(shown)
    const sketches = [...this.#sketches.values()].map(({ sketch }) => sketch)
    this.passing.set({
      sketches: sketches.filter(({ page }) => nameOfPage(page) === name),
      lasers: [...this.#lasers.values()].filter(({ page }) => page === name).map(({ laser }) => laser),
    })
  }
}

const byId = (strokes: DrawnStroke[]) => new Map(strokes.map((stroke) => [stroke.id, stroke]))
