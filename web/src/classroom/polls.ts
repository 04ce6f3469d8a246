/** The poll as one person sees it, and what they may do with it. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Data, Payload } from '../../../signaling/protocol/index.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import { applyToPoll, emptyPollView } from './room-state.ts'
import type { Request } from './signaling-client.ts'

export class Polls {
  readonly view = new Store(emptyPollView)
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ poll, choices }: RoomSnapshot): void {
    this.view.set({ poll, choices })
  }

  apply(events: readonly RoomEvent[]): void {
    this.view.set(events.reduce(applyToPoll, this.view.get()))
  }

  counted({ pollSeq, votes, voters }: Payload<'pollResult'>): void {
    const { poll } = this.view.get()
    if (poll?.pollSeq === pollSeq) this.view.patch({ poll: { ...poll, votes, voters } })
  }

  async open(poll: Data<'openPoll'>): Promise<void> {
    await this.#request('openPoll', poll)
  }

  async close(pollSeq: number): Promise<void> {
    await this.#request('closePoll', { pollSeq })
  }

  /** Shown at once; taken back where the room refuses it. */
  async vote(pollSeq: number, choices: number[]): Promise<void> {
    const before = this.view.get().choices
    this.view.patch({ choices })
    try {
      await this.#request('vote', { pollSeq, choices })
    } catch (error) {
      this.view.patch({ choices: before })
      throw error
    }
  }
}
