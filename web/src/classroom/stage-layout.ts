/** How the stage is laid out: as the teacher chose, or as this viewer would rather have it. */
import type { Layout } from '../../../signaling/protocol/constants.ts'
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type StageLayoutView = {
  /** For everybody. */
  chosen: Layout
  /** This viewer’s own wish, which counts here alone; null where they follow the teacher. */
  own: Layout | null
}

export const layoutOf = ({ chosen, own }: StageLayoutView): Layout => own ?? chosen

export class StageLayout {
  readonly view = new Store<StageLayoutView>({ chosen: 'slides', own: null })
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ layout }: RoomSnapshot): void {
    this.view.patch({ chosen: layout })
  }

  apply(events: readonly RoomEvent[]): void {
    for (const event of events) if (event.type === 'layoutChosen') this.view.patch({ chosen: event.data.layout })
  }

  /** Staff: for everybody. */
  async choose(layout: Layout): Promise<void> {
    if (layout !== this.view.get().chosen) await this.#request('chooseLayout', { layout })
  }

  /** Here alone, whatever the teacher chooses, until one follows again. */
  prefer(own: Layout | null): void {
    this.view.patch({ own })
  }

  /** The other picture large, here alone. */
  swap(): void {
    this.prefer(layoutOf(this.view.get()) === 'speaker' ? 'slides' : 'speaker')
  }
}
