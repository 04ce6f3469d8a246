/** What staff do to keep order. Who was muted or sent out is told by the room. */
import type { Data, Result } from '../../../signaling/protocol/index.ts'
import type { Request } from './signaling-client.ts'

export type Removal = Result<'listRemoved'>['removed'][number]

export class Order {
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
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
