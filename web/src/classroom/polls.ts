/** What the class is asked at once, polls and sign-ins, as one person sees it, and what they may do with it. */
import { BROADCAST_DELAY_MS, firstPoll } from '../../../signaling/protocol/constants.ts'
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Data, Payload, Result } from '../../../signaling/protocol/index.ts'
import type { PollState } from '../../../signaling/protocol/poll-state.ts'
import type { SignInState } from '../../../signaling/protocol/sign-ins.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type PollsView = {
  poll: PollState | null
  /** One's own answer; null where there is none. */
  choices: readonly number[] | null
  /** How far behind the class the picture was when the poll came with it. */
  behindMs: number
  signIn: SignInState | null
  signInBehindMs: number
  /** For staff: those of the prepared polls that were asked. */
  asked: readonly string[]
}

export const emptyPollsView: PollsView = {
  poll: null,
  choices: null,
  behindMs: 0,
  signIn: null,
  signInBehindMs: 0,
  asked: [],
}

export class Polls {
  readonly view = new Store(emptyPollsView)
  readonly #request: Request

  constructor(request: Request) {
    this.#request = request
  }

  enter({ poll, choices, signIn, asked }: RoomSnapshot): void {
    const before = this.view.get()
    this.view.set({
      poll,
      choices,
      behindMs: before.poll?.pollSeq === poll?.pollSeq ? before.behindMs : 0,
      signIn,
      signInBehindMs: before.signIn?.signInSeq === signIn?.signInSeq ? before.signInBehindMs : 0,
      asked,
    })
  }

  /** `behindMs`: how far behind the class the viewer's picture is, for each event that came with it. */
  apply(events: readonly RoomEvent[], behindMs: (event: RoomEvent) => number = () => 0): void {
    this.view.set(events.reduce((view, event) => applyToPolls(view, event, behindMs(event)), this.view.get()))
  }

  counted({ pollSeq, votes, voters }: Payload<'pollResult'>): void {
    const { poll } = this.view.get()
    if (poll?.pollSeq === pollSeq) this.view.patch({ poll: { ...poll, votes, voters } })
  }

  signInCounted({ signInSeq, count }: Payload<'signInCount'>): void {
    const { signIn } = this.view.get()
    if (signIn?.signInSeq === signInSeq) this.view.patch({ signIn: { ...signIn, count } })
  }

  async open(poll: Data<'openPoll'>): Promise<void> {
    await this.#request('openPoll', poll)
  }

  async close(pollSeq: number): Promise<void> {
    await this.#request('closePoll', { pollSeq })
  }

  /** Shown at once; taken back where the room refuses it. */
  async vote(pollSeq: number, choices: number[]): Promise<void> {
    const { choices: before, behindMs } = this.view.get()
    this.view.patch({ choices })
    try {
      await this.#request('vote', { pollSeq, choices, ...(behindMs > 0 && { behindMs }) })
    } catch (error) {
      if (this.view.get().poll?.pollSeq === pollSeq) this.view.patch({ choices: before })
      throw error
    }
  }

  ranking(): Promise<Result<'listRanking'>> {
    return this.#request('listRanking', {})
  }

  async openSignIn(seconds: number): Promise<void> {
    await this.#request('openSignIn', { seconds })
  }

  async closeSignIn(signInSeq: number): Promise<void> {
    await this.#request('closeSignIn', { signInSeq })
  }

  async signIn(signInSeq: number): Promise<void> {
    const { signInBehindMs: behindMs } = this.view.get()
    await this.#request('signIn', { signInSeq, ...(behindMs > 0 && { behindMs }) })
    const { signIn } = this.view.get()
    if (signIn?.signInSeq === signInSeq) this.view.patch({ signIn: { ...signIn, signed: true } })
  }

  listSignedIn(page: Data<'listSignedIn'>): Promise<Result<'listSignedIn'>> {
    return this.#request('listSignedIn', page)
  }
}

/** When one's own time is up, as one's own picture has it; the room grants nobody more than a broadcast can be behind. */
export const ownEnd = (endsAt: number, behindMs: number): number => endsAt + Math.min(behindMs, BROADCAST_DELAY_MS)

export function applyToPolls(view: PollsView, event: RoomEvent, behindMs = 0): PollsView {
  const { poll, signIn } = view
  switch (event.type) {
    case 'pollOpened': {
      // The snapshot had it.
      if (poll && event.seq <= poll.pollSeq) return view
      const { preparedId } = event.data
      const asked = preparedId && !view.asked.includes(preparedId) ? [...view.asked, preparedId] : view.asked
      return { ...view, poll: openedBy(event), choices: null, behindMs, asked }
    }
    case 'pollEnding':
      return poll?.pollSeq === event.data.pollSeq ? { ...view, poll: { ...poll, endsAt: event.at } } : view
    case 'pollClosed': {
      if (poll?.pollSeq !== event.data.pollSeq) return view
      return { ...view, poll: { ...poll, open: false, right: event.data.right ?? poll.right } }
    }
    case 'signInOpened': {
      if (signIn && event.seq <= signIn.signInSeq) return view
      const endsAt = event.at + event.data.seconds * 1000
      const opened = { signInSeq: event.seq, openedAt: event.at, endsAt, open: true, count: 0, signed: false }
      return { ...view, signIn: opened, signInBehindMs: behindMs }
    }
    case 'signInClosed': {
      if (signIn?.signInSeq !== event.data.signInSeq) return view
      return { ...view, signIn: { ...signIn, open: false, endsAt: Math.min(signIn.endsAt, event.at) } }
    }
    case 'classEnded':
      return { ...view, poll: poll && { ...poll, open: false }, signIn: signIn && { ...signIn, open: false } }
    default:
      return view
  }
}

function openedBy({ seq, at, data }: Extract<RoomEvent, { type: 'pollOpened' }>): PollState {
  const poll = { ...firstPoll, ...data.poll }
  return {
    ...poll,
    pollSeq: seq,
    openedAt: at,
    endsAt: poll.seconds === null ? null : at + poll.seconds * 1000,
    open: true,
    // Staff are told the counts of all polls; students of those that hide them get none.
    votes: poll.options.map(() => 0),
    voters: 0,
    right: data.right ?? null,
  }
}
