/** Order in the room: what waits for review or was reported, and what staff do about it and about people. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Data, Result } from '../../../signaling/protocol/index.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type Held = Extract<RoomEvent, { type: 'textHeld' }>
export type Report = Result<'listReports'>['reports'][number]
export type OrderView = {
  /** What waits for staff; for students only their own. */
  held: readonly Held[]
  /** Messages that were reported, and not dealt with yet. */
  reported: readonly number[]
  words: readonly string[]
}

export type Removal = Result<'listRemoved'>['removed'][number]

export class Order {
  readonly view = new Store<OrderView>({ held: [], reported: [], words: [] })
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ held, reported, words }: RoomSnapshot): void {
    this.view.set({ held: held as Held[], reported, words })
  }

  apply(events: readonly RoomEvent[]): void {
    this.view.patch(events.reduce(applyToOrder, this.view.get()))
  }

  async decideHeld(heldSeq: number, accept: boolean): Promise<void> {
    await this.#request('decideHeld', { heldSeq, accept })
  }

  async report(messageSeq: number): Promise<void> {
    await this.#request('reportMessage', { messageSeq })
  }

  async dismissReport(messageSeq: number): Promise<void> {
    await this.#request('dismissReport', { messageSeq })
  }

  async reports(): Promise<Report[]> {
    return (await this.#request('listReports', {})).reports
  }

  async changeWords(words: string[]): Promise<void> {
    await this.#request('changeWords', { words })
  }

  /** What was done for order, the latest first. */
  history(beforeSeq?: number): Promise<Result<'listModeration'>> {
    return this.#request('listModeration', beforeSeq === undefined ? {} : { beforeSeq })
  }

  async changeSettings(change: Data<'changeSettings'>): Promise<void> {
    await this.#request('changeSettings', change)
  }

  /** For so many minutes, or for the rest of the class. */
  async mute(peerId: string, minutes?: number): Promise<void> {
    await this.#request('mutePeer', { peerId, ...(minutes && { minutes }) })
  }

  async unmute(peerId: string): Promise<void> {
    await this.#request('unmutePeer', { peerId })
  }

  async remove(peerId: string): Promise<void> {
    await this.#request('removePeer', { peerId })
  }

  async readmit(peerId: string): Promise<void> {
    await this.#request('readmitPeer', { peerId })
  }

  async removed(): Promise<Removal[]> {
    return (await this.#request('listRemoved', {})).removed
  }

  async lowerAllHands(): Promise<void> {
    await this.#request('lowerAllHands', {})
  }
}

function applyToOrder(view: OrderView, event: RoomEvent): OrderView {
  switch (event.type) {
    case 'textHeld':
      return { ...view, held: [...view.held.filter(({ seq }) => seq !== event.seq), event] }
    case 'heldDecided':
      return { ...view, held: view.held.filter(({ seq }) => seq !== event.data.heldSeq) }
    case 'messageReported':
      return { ...view, reported: withAlso(view.reported, event.data.messageSeq) }
    case 'reportDismissed':
    case 'messageDeleted':
      return { ...view, reported: without(view.reported, event.data.messageSeq) }
    case 'wordsChanged':
      return { ...view, words: event.data.words }
    default:
      return view
  }
}

const withAlso = (seqs: readonly number[], seq: number) => (seqs.includes(seq) ? seqs : [...seqs, seq])

const without = (seqs: readonly number[], gone: number) => seqs.filter((seq) => seq !== gone)
