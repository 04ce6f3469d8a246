/** One's own pen: what it is set to, the stroke under it, and what it can take back. Framework-free. */
import type { DrawnStroke, Page, Stroke } from '../../../signaling/protocol/board.ts'
import { nameOfPage } from '../../../signaling/protocol/board-state.ts'
import { type Colour, limits, PAGE_WIDTH, type Tool } from '../../../signaling/protocol/constants.ts'
import type { BoardLog } from '../classroom/board-log.ts'
import type { Request } from '../classroom/signaling-client.ts'
import { randomUuid } from '../random-uuid.ts'
import { Store } from '../store.ts'
import { touches } from './ink.ts'

/** Others see a stroke grow, and a laser move, this often. */
const TELL_EVERY_MS = 50
/** Points nearer to each other than this, in units of the page, are one. */
const NEAREST = 8
const ERASER_RADIUS = 60
/** A longer stroke goes on as another one. */
const LONGEST = limits.strokeNumbers - 100
/** So much can be taken back. */
const STEPS = 100

export type PenTool = Tool | 'eraser' | 'laser'
export type PenView = { tool: PenTool; colour: Colour; width: number; canUndo: boolean; canRedo: boolean }
export type Point = { x: number; y: number }
/** What was done at once. */
type Step = { drawn: Stroke[]; erased: Stroke[] }
type History = { done: Step[]; undone: Step[] }

export type PenDeps = {
  request: Request
  board: BoardLog
  mayErase: (stroke: DrawnStroke) => boolean
  failed: (error: unknown) => void
}

export class Pen {
  readonly view = new Store<PenView>({ tool: 'pen', colour: 'red', width: 30, canUndo: false, canRedo: false })
  /** Strokes of one's own that are not confirmed yet; the one under the pen last. */
  readonly own = new Store<readonly Stroke[]>([])
  readonly laser = new Store<Point | null>(null)
  readonly #deps: PenDeps
  readonly #histories = new Map<string, History>()
  readonly #unsubscribe: (() => void)[]
  #current: { page: Page; stroke: Stroke; told: number } | null = null
  #erasing: { page: Page; strokes: Map<string, Stroke> } | null = null
  #telling: ReturnType<typeof setTimeout> | undefined

  constructor(deps: PenDeps) {
    this.#deps = deps
    const { view, strokes } = deps.board
    this.#unsubscribe = [view.subscribe(() => this.#turned()), strokes.subscribe(() => this.#forgetConfirmed())]
  }

  use = (change: Partial<Pick<PenView, 'tool' | 'colour' | 'width'>>): void => this.view.patch(change)

  /** The pen touches the page. */
  down(page: Page, point: Point): void {
    const { tool, colour, width } = this.view.get()
    if (tool === 'text') return
    if (tool === 'eraser') this.#erasing = { page, strokes: new Map() }
    else if (tool !== 'laser') {
      this.#current = { page, told: 0, stroke: { id: randomUuid(), tool, colour, width, points: [] } }
    }
    this.move(page, point)
  }

  move(page: Page, point: Point): void {
    if (this.#erasing) this.#erase(point)
    else if (this.#current) this.#draw(within(point))
    else if (this.view.get().tool === 'laser') this.#pointAt(page, within(point))
  }

  up(): void {
    const erasing = this.#erasing
    this.#erasing = null
    if (erasing && erasing.strokes.size > 0)
      this.#remember(erasing.page, { drawn: [], erased: [...erasing.strokes.values()] })
    const { shown } = this.#deps.board.view.get()
    if (this.laser.get() && shown) this.#pointAt(shown, null)
    if (this.#current) void this.#finish()
  }

  /** Puts words on the page. */
  write(page: Page, point: Point, text: string): void {
    const words = text.trim().slice(0, limits.boardTextLength)
    if (words === '') return
    const { x, y } = within(point)
    const { colour, width } = this.view.get()
    void this.#addAndRemember(page, { id: randomUuid(), tool: 'text', colour, width, points: [x, y], text: words })
  }

  undo = (): Promise<void> => this.#step('done', 'undone')
  redo = (): Promise<void> => this.#step('undone', 'done')

  close(): void {
    clearTimeout(this.#telling)
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
  }

  #draw({ x, y }: Point): void {
    const current = this.#current!
    const { points, tool } = current.stroke
    const isWay = tool === 'pen' || tool === 'highlighter'
    if (isWay && points.length > 0 && Math.hypot(points.at(-2)! - x, points.at(-1)! - y) < NEAREST) return
    const start = points.length > 0 ? points.slice(0, 2) : [x, y]
    const moved = isWay ? [...points, x, y] : [...start, x, y]
    current.stroke = { ...current.stroke, points: moved }
    this.#showOwn(current.stroke)
    if (isWay) this.#tell()
    if (moved.length < LONGEST || !isWay) return
    const { page, stroke } = current
    void this.#finish()
    this.#current = { page, told: 0, stroke: { ...stroke, id: randomUuid(), points: [x, y] } }
  }

  async #finish(): Promise<void> {
    const { page, stroke } = this.#current!
    this.#current = null
    const [x1, y1, x2, y2] = stroke.points
    const isShape = stroke.tool !== 'pen' && stroke.tool !== 'highlighter'
    if (isShape && Math.hypot(x2! - x1!, y2! - y1!) < NEAREST) this.#drop(stroke.id)
    else await this.#addAndRemember(page, stroke)
  }

  async #addAndRemember(page: Page, stroke: Stroke): Promise<void> {
    if (await this.#add(page, stroke)) this.#remember(page, { drawn: [stroke], erased: [] })
  }

  /** Draws for good; until all have it, it is shown from here. */
  async #add(page: Page, stroke: Stroke): Promise<boolean> {
    this.#showOwn(stroke)
    try {
      await this.#deps.request('drawStroke', { page, stroke })
      return true
    } catch (error) {
      this.#drop(stroke.id)
      this.#deps.failed(error)
      return false
    }
  }

  async #remove(page: Page, strokes: readonly Stroke[]): Promise<boolean> {
    if (strokes.length === 0) return true
    try {
      await this.#deps.request('eraseStrokes', { page, strokeIds: strokes.map(({ id }) => id) })
      return true
    } catch (error) {
      this.#deps.failed(error)
      return false
    }
  }

  #erase({ x, y }: Point): void {
    const { page, strokes } = this.#erasing!
    const { board, mayErase } = this.#deps
    const touched = board.strokes
      .get()
      .filter((stroke) => !strokes.has(stroke.id) && mayErase(stroke) && touches(stroke, x, y, ERASER_RADIUS))
    if (touched.length === 0) return
    for (const { peerId: _, ...stroke } of touched) strokes.set(stroke.id, stroke)
    void this.#remove(page, touched)
  }

  #pointAt(page: Page, at: Point | null): void {
    this.laser.set(at)
    if (at) this.#tell()
    else void this.#deps.request('point', { page, at: null }).catch(() => {})
  }

  /** What passes is told a few times a second, as it then is. */
  #tell(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined
      const { request, board } = this.#deps
      const { shown } = board.view.get()
      const at = this.laser.get()
      if (at && shown) void request('point', { page: shown, at: [at.x, at.y] }).catch(() => {})
      const current = this.#current
      if (!current || current.stroke.points.length <= current.told) return
      const { text: _, ...sketch } = current.stroke
      const points = sketch.points.slice(current.told)
      current.told = sketch.points.length
      void request('sketch', { page: current.page, ...sketch, points }).catch(() => {})
    }, TELL_EVERY_MS)
  }

  async #step(from: keyof History, to: keyof History): Promise<void> {
    const { shown } = this.#deps.board.view.get()
    const history = shown && this.#histories.get(nameOfPage(shown))
    const step = history?.[from].pop()
    if (!shown || !history || !step) return
    this.#turned()
    const [away, back] = from === 'done' ? [step.drawn, step.erased] : [step.erased, step.drawn]
    const again = back.map((stroke) => ({ ...stroke, id: randomUuid() }))
    await Promise.all([this.#remove(shown, away), ...again.map((stroke) => this.#add(shown, stroke))])
    history[to].push(from === 'done' ? { drawn: step.drawn, erased: again } : { drawn: again, erased: step.erased })
    this.#turned()
  }

  #remember(page: Page, step: Step): void {
    const name = nameOfPage(page)
    const done = [...(this.#histories.get(name)?.done ?? []), step].slice(-STEPS)
    this.#histories.set(name, { done, undone: [] })
    this.#turned()
  }

  /** What can be taken back is that of the page that is shown. */
  #turned(): void {
    const { shown } = this.#deps.board.view.get()
    const history = shown && this.#histories.get(nameOfPage(shown))
    this.view.patch({ canUndo: Boolean(history?.done.length), canRedo: Boolean(history?.undone.length) })
    if (this.#current && (!shown || nameOfPage(shown) !== nameOfPage(this.#current.page))) void this.#finish()
  }

  #showOwn(stroke: Stroke): void {
    this.own.set([...this.own.get().filter(({ id }) => id !== stroke.id), stroke])
  }

  #drop(id: string): void {
    this.own.set(this.own.get().filter((stroke) => stroke.id !== id))
  }

  #forgetConfirmed(): void {
    const confirmed = new Set(this.#deps.board.strokes.get().map(({ id }) => id))
    const own = this.own.get().filter(({ id }) => !confirmed.has(id))
    if (own.length < this.own.get().length) this.own.set(own)
  }
}

const within = ({ x, y }: Point): Point => ({ x: fit(x, PAGE_WIDTH), y: fit(y, 4 * PAGE_WIDTH) })
const fit = (value: number, most: number) => Math.round(Math.max(0, Math.min(most, value)))
