/** Hands and the floor: what one person may do about them. Who has them stands in the room's view. */
import type { Request } from './signaling-client.ts'

export class Floor {
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  async raiseHand(): Promise<void> {
    await this.#request('raiseHand', {})
  }

  /** One's own, or as staff another's. */
  async lowerHand(peerId?: string): Promise<void> {
    await this.#request('lowerHand', peerId === undefined ? {} : { peerId })
  }

  async give(peerId: string): Promise<void> {
    await this.#request('giveFloor', { peerId })
  }

  /** Staff takes it; a student gives their own back. */
  async take(peerId: string): Promise<void> {
    await this.#request('takeFloor', { peerId })
  }
}
