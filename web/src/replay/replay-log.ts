/** What happened in a class, as it stood at the place that is being watched. Framework-free. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { EventsPage } from '../../../src/playback/schema.ts'
import { BoardLog } from '../classroom/board-log.ts'
import { Notices, noNotices } from '../classroom/notices.ts'
import { Feed } from '../danmaku/feed.ts'
import { Store } from '../store.ts'

/** What is told in words beside the picture. */
export type Said = Extract<RoomEvent, { type: 'messageSent' | 'questionAsked' | 'pollOpened' }>
export type ReplayLogView = { said: readonly Said[]; loading: boolean; failed: boolean }

/** More than anybody scrolls back while watching. */
const KEPT = 500
const RETRY_MS = 3000
/** Said longer ago than this, it does not come over the picture any more. */
const FRESH_MS = 2000
/** No picture goes on so far by itself. */
const LEAP_MS = 5000

const askNothing = () => Promise.reject(new Error('nothing is asked of what is over'))

export class ReplayLog {
  readonly view = new Store<ReplayLogView>({ said: [], loading: true, failed: false })
  readonly board = new BoardLog(askNothing)
  readonly notices = new Notices(askNothing)
  /** What is said, as it comes to the picture. */
  readonly spoken = new Feed()
  readonly #fetchPage: (afterSeq: number) => Promise<EventsPage>
  #events: RoomEvent[] = []
  /** What happened while the past was being fetched. */
  readonly #coming: RoomEvent[] = []
  #applied = 0
  #mediaMs = 0
  #closed = false
  #retrying: ReturnType<typeof setTimeout> | undefined

  /** `fetchPage`: the events after this one; `next` is null where there are no more. */
  constructor(fetchPage: (afterSeq: number) => Promise<EventsPage>) {
    this.#fetchPage = fetchPage
    void this.#load(0)
  }

  /** The viewer is at this media time of the class. */
  showAt(mediaMs: number): void {
    const back = mediaMs < this.#mediaMs
    if (back || mediaMs > this.#mediaMs + LEAP_MS) this.spoken.clear()
    this.#mediaMs = mediaMs
    if (back) this.#begin()
    this.#proceed()
  }

  /** What a class that is still on goes on with. */
  append(events: readonly RoomEvent[]): void {
    if (this.view.get().loading) this.#coming.push(...events)
    else this.#add(events)
    this.#proceed()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retrying)
    this.board.close()
  }

  #begin(): void {
    this.#applied = 0
    this.board.enter('', { decks: [], blanks: 0, shown: null, strokes: [], drawn: [], pens: [] })
    this.notices.enter(noNotices)
    this.view.patch({ said: [] })
  }

  #proceed(): void {
    const from = this.#applied
    while (this.#applied < this.#events.length && timeOf(this.#events[this.#applied]!) <= this.#mediaMs) this.#applied++
    if (this.#applied === from) return
    const happened = this.#events.slice(from, this.#applied)
    this.board.apply(happened)
    this.notices.apply(happened)
    this.spoken.push(
      happened.filter((event) => timeOf(event) > this.#mediaMs - FRESH_MS),
      undefined,
    )
    const said = happened.filter(isSaid)
    if (said.length > 0) this.view.patch({ said: [...this.view.get().said, ...said].slice(-KEPT) })
  }

  /** Those that are known already are left out. */
  #add(events: readonly RoomEvent[]): void {
    const last = this.#events.at(-1)?.seq ?? 0
    this.#events = [...this.#events, ...events.filter(({ seq }) => seq > last)]
  }

  async #load(afterSeq: number): Promise<void> {
    try {
      const { events, next } = await this.#fetchPage(afterSeq)
      if (this.#closed) return
      this.#add(events)
      if (next === null) this.#add(this.#coming.splice(0))
      this.view.patch({ loading: next !== null, failed: false })
      this.#proceed()
      if (next !== null) await this.#load(next)
    } catch {
      if (this.#closed) return
      this.view.patch({ failed: true })
      this.#retrying = setTimeout(() => void this.#load(afterSeq), RETRY_MS)
    }
  }
}

/** What was done before the class began is there from its beginning on. */
const timeOf = ({ mediaMs }: RoomEvent) => mediaMs ?? 0

const isSaid = (event: RoomEvent): event is Said =>
  event.type === 'messageSent' || event.type === 'questionAsked' || event.type === 'pollOpened'
