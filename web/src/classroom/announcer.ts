/** What is read out to those who listen instead of looking: a few things at a time, and no faster than they are heard. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import { Store } from '../store.ts'

export type Saying =
  | { what: 'pollOpened' | 'pollRight' | 'pinned' | 'questionTaken'; text: string }
  | { what: 'pollEnding' | 'pollClosed' | 'signIn' }
  | { what: 'floorGiven' | 'handRaised'; name: string }
  /** Without words where it is a picture; `called`: it speaks to whoever listens. */
  | { what: 'message' | 'called'; name: string; text: string }
  | { what: 'hands' | 'messages'; count: number }

/** What comes within this time is said together. */
const GATHER_MS = 500
/** As long as a few sentences take to be read out. */
const PAUSE_MS = 4000
const MOST_AT_ONCE = 3
const LONGEST_TEXT = 160

const OF_THE_PICTURE: ReadonlySet<string> = new Set(['pollOpened', 'pollEnding', 'pollClosed', 'signInOpened'])

type Options = {
  /** One’s own doings are not told to oneself. */
  selfId: () => string | undefined
  questionText: (seq: number) => string | undefined
  /** The words of these options of the last poll. */
  optionsText: (pollSeq: number, options: readonly number[]) => string | undefined
}

export class Announcer {
  /** What is being said now. */
  readonly said = new Store<readonly Saying[]>([])
  readonly #options: Options
  #waiting: Saying[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #saidAt = Number.NEGATIVE_INFINITY

  constructor(options: Options) {
    this.#options = options
  }

  /** What happened in the room just now. */
  hear(events: readonly RoomEvent[]): void {
    this.#gather(events.filter(({ type }) => !OF_THE_PICTURE.has(type)))
  }

  /** What the viewer’s own picture has come to. */
  see(events: readonly RoomEvent[]): void {
    this.#gather(events.filter(({ type }) => OF_THE_PICTURE.has(type)))
  }

  #gather(events: readonly RoomEvent[]) {
    const self = this.#options.selfId()
    for (const event of events) {
      const saying = event.by?.peerId === self ? null : this.#sayingOf(event)
      if (saying) this.#waiting.push(saying)
    }
    if (this.#waiting.length === 0 || this.#timer) return
    const pause = this.#saidAt + PAUSE_MS - Date.now()
    this.#timer = setTimeout(() => this.#speak(), Math.max(GATHER_MS, pause))
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
  }

  #speak() {
    this.#timer = undefined
    this.#saidAt = Date.now()
    this.said.set(shortened(this.#waiting.splice(0)))
  }

  #sayingOf(event: RoomEvent): Saying | null {
    const name = event.by?.displayName ?? ''
    switch (event.type) {
      case 'messageSent':
        return { what: this.#isCalled(event.data) ? 'called' : 'message', name, text: cut(event.data.text) }
      case 'handRaised':
        return { what: 'handRaised', name }
      case 'floorGiven':
        return { what: 'floorGiven', name: event.data.peer.displayName }
      case 'messagePinned':
        return event.data.pinned && { what: 'pinned', text: cut(event.data.pinned.text) }
      case 'pollOpened':
        return { what: 'pollOpened', text: cut(event.data.poll.question) }
      case 'pollEnding':
        return { what: 'pollEnding' }
      case 'pollClosed': {
        const { pollSeq, right = [] } = event.data
        const text = right.length > 0 && this.#options.optionsText(pollSeq, right)
        return text ? { what: 'pollRight', text: cut(text) } : { what: 'pollClosed' }
      }
      case 'signInOpened':
        return { what: 'signIn' }
      case 'questionTaken': {
        const text = this.#options.questionText(event.data.questionSeq)
        return text === undefined ? null : { what: 'questionTaken', text: cut(text) }
      }
      default:
        return null
    }
  }

  #isCalled({ mentions = [] }: { mentions?: readonly { peerId: string }[] }): boolean {
    const self = this.#options.selfId()
    return mentions.some(({ peerId }) => peerId === self)
  }
}

const cut = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text)

/** What asks for something comes first; many hands or messages become a number. */
function shortened(sayings: readonly Saying[]): Saying[] {
  const of = (what: Saying['what']) => sayings.filter((saying) => saying.what === what)
  const counted = (one: 'handRaised' | 'message', many: 'hands' | 'messages'): Saying[] => {
    const all = of(one)
    return all.length > 1 ? [{ what: many, count: all.length }] : all
  }
  const rare = sayings.filter(({ what }) => what !== 'handRaised' && what !== 'message')
  const rest = [...counted('handRaised', 'hands'), ...counted('message', 'messages')]
  return [...rare.slice(-Math.max(1, MOST_AT_ONCE - rest.length)), ...rest].slice(0, MOST_AT_ONCE)
}
