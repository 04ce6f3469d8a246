/** What staff put before everybody's eyes: an announcement, and something that is for sale. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Announcement, Offer, ShownOffer } from '../../../signaling/protocol/notices.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type NoticesView = { offer: ShownOffer | null; announcement: Announcement | null }

export const noNotices: NoticesView = { offer: null, announcement: null }

export class Notices {
  readonly view = new Store(noNotices)
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ offer, announcement }: NoticesView): void {
    this.view.set({ offer, announcement })
  }

  apply(events: readonly RoomEvent[]): void {
    this.view.set(events.reduce(applyToNotices, this.view.get()))
  }

  async showOffer(offer: Offer | null): Promise<void> {
    await this.#request('showOffer', { offer })
  }

  async announce(text: string | null): Promise<void> {
    await this.#request('announce', { text })
  }
}

export function applyToNotices(view: NoticesView, event: RoomEvent): NoticesView {
  if (event.type === 'offerShown') {
    const { offer } = event.data
    return { ...view, offer: offer && { seq: event.seq, offer } }
  }
  if (event.type !== 'announced') return view
  const { seq, at, data } = event
  return { ...view, announcement: data.text === null ? null : { seq, at, text: data.text } }
}
