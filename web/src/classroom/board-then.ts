/** The board as it was where a viewer who went back is watching; for all others, as it is. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { EventsPage } from '../../../src/playback/schema.ts'
import type { BroadcastView } from '../player/broadcast-player.ts'
import { ReplayLog } from '../replay/replay-log.ts'
import { Store } from '../store.ts'
import type { BoardLog } from './board-log.ts'
import type { Tiers } from './tiers.ts'

type Options = {
  now: BoardLog
  tiers: Store<Tiers>
  film: Store<BroadcastView>
  /** What was done to the board after this event; `next` is null where there is no more. */
  fetchPage: (url: string, afterSeq: number) => Promise<EventsPage>
}

export class BoardThen {
  /** What is to be seen. */
  readonly board: Store<BoardLog>
  readonly #options: Options
  readonly #stops: (() => void)[]
  #past: ReplayLog | null = null

  constructor(options: Options) {
    this.#options = options
    this.board = new Store(options.now)
    const look = () => this.#look()
    this.#stops = [options.tiers.subscribe(look), options.film.subscribe(look)]
  }

  /** What happens meanwhile: whoever watches on comes to it. */
  push(events: readonly RoomEvent[]): void {
    this.#past?.append(events)
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop()
    this.#forget()
  }

  #look(): void {
    const { tiers, film, fetchPage } = this.#options
    const { phase, moving, positionMs, boardUrl } = film.get()
    if (!tiers.get().rewound) {
      this.#forget()
      return
    }
    if (phase !== 'ready' || !moving || !boardUrl) return
    if (!this.#past) {
      const past = new ReplayLog((afterSeq) => fetchPage(film.get().boardUrl ?? boardUrl, afterSeq))
      // Until then the page that was there is better than none.
      past.view.subscribe(() => this.#past === past && !past.view.get().loading && this.board.set(past.board))
      this.#past = past
    }
    this.#past.showAt(positionMs)
  }

  #forget(): void {
    if (!this.#past) return
    this.board.set(this.#options.now)
    this.#past.close()
    this.#past = null
  }
}
