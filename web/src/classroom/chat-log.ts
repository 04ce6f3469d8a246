/** The chat as one reader sees it: confirmed messages in order, one's own unconfirmed ones after them. */
import type { Person, Pinned, RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Mention, Picture } from '../../../signaling/protocol/message.ts'
import { Store } from '../store.ts'
import { type FailureCode, type Request, RequestFailed } from './signaling-client.ts'
import { Unread } from './unread.ts'

export type Message = {
  seq: number
  at: number
  by: Person | null
  text: string
  replyTo: number | null
  /** Where people are called by name, in order. */
  mentions: readonly Mention[]
  picture: Picture | null
}
/** What one wants to say besides words. */
export type Saying = {
  replyTo?: number | null
  /** Who is called by name. */
  mentions?: readonly string[]
  picture?: Picture | null
}
export type OwnMessage = Required<Saying> & {
  key: string
  at: number
  text: string
  failed: FailureCode | null
}

export type ChatView = {
  messages: readonly Message[]
  own: readonly OwnMessage[]
  /** There may be older ones: true until the server has none. */
  hasOlder: boolean
  loadingOlder: boolean
  /** The message above the chat. */
  pinned: Pinned | null
  /** Messages that the room was too fast for, and that are not shown. */
  leftOut: number
}

const KEPT = 2000
const PAGES_AT_ONCE = 10
/** After every message. */
const LAST_SEQ = 2 ** 31 - 2

export const emptyChat: ChatView = {
  messages: [],
  own: [],
  hasOlder: false,
  loadingOlder: false,
  pinned: null,
  leftOut: 0,
}

const messageOf = (event: Extract<RoomEvent, { type: 'messageSent' }>): Message => ({
  seq: event.seq,
  at: event.at,
  by: event.by,
  text: event.data.text,
  replyTo: event.data.replyTo ?? null,
  mentions: event.data.mentions ?? [],
  picture: event.data.picture ?? null,
})

const messagesOf = (events: readonly RoomEvent[]) =>
  events.flatMap((event) => (event.type === 'messageSent' ? [messageOf(event)] : []))

export class ChatLog {
  readonly view = new Store<ChatView>(emptyChat)
  readonly unread = new Unread()
  /** Whether one reads what staff say alone, and oneself. */
  readonly onlyStaff = new Store(false)
  readonly #request: Request
  #selfId: string | null = null
  #lastKey = 0
  readonly #sending = new Set<string>()

  constructor(request: Request) {
    this.#request = request
  }

  /** Takes over what the room knows after (re)joining, and says again what was never confirmed. */
  enter(selfId: string, recent: readonly RoomEvent[], pinned: Pinned | null): void {
    this.#selfId = selfId
    const fresh = messagesOf(recent)
    const { messages, own, ...rest } = this.view.get()
    const oldest = fresh[0]?.seq ?? 0
    const touching = messages.length > 0 && messages.at(-1)!.seq >= oldest
    const earlier = touching ? messages.filter(({ seq }) => seq < oldest) : []
    // What was shown before has confirmed what it could: the same words said earlier are another message.
    const shown = new Set(messages.map(({ seq }) => seq))
    const unsaid = fresh
      .filter(({ seq }) => !shown.has(seq))
      .reduce((left, message) => this.#confirmed(left, message), own)
    this.view.set({
      ...rest,
      pinned,
      leftOut: 0,
      messages: [...earlier, ...fresh],
      own: unsaid,
      hasOlder: touching ? rest.hasOlder : fresh.length > 0,
    })
    for (const message of unsaid) if (!message.failed) void this.#deliver(message)
  }

  /** Applies a batch at once, so that a busy room paints once. */
  apply(events: readonly RoomEvent[]): void {
    const before = this.view.get()
    let { messages, own, pinned } = before
    for (const event of events) {
      if (event.type === 'messageSent') {
        const message = messageOf(event)
        if (messages.some(({ seq }) => seq === message.seq)) continue
        messages = [...messages, message]
        own = this.#confirmed(own, message)
      }
      if (event.type === 'messageDeleted') {
        messages = messages.filter(({ seq }) => seq !== event.data.messageSeq)
        if (pinned?.messageSeq === event.data.messageSeq) pinned = null
      }
      if (event.type === 'messagePinned') pinned = event.data.pinned
      if (event.type === 'peerRemoved' && event.data.peerId === this.#selfId) own = []
    }
    const surplus = Math.max(0, messages.length - KEPT)
    if (messages === before.messages && own === before.own && pinned === before.pinned) return
    this.view.patch({
      messages: surplus ? messages.slice(surplus) : messages,
      own,
      pinned,
      ...(surplus ? { hasOlder: true } : {}),
    })
  }

  send(text: string, { replyTo = null, mentions = [], picture = null }: Saying = {}): void {
    this.#lastKey += 1
    const saying = { text, replyTo, mentions, picture }
    const message: OwnMessage = { key: `own-${this.#lastKey}`, at: Date.now(), ...saying, failed: null }
    this.view.patch({ own: [...this.view.get().own, message] })
    void this.#deliver(message)
  }

  retry(key: string): void {
    const message = this.view.get().own.find((own) => own.key === key)
    if (!message) return
    this.#mark(key, null)
    void this.#deliver(message)
  }

  discard(key: string): void {
    this.view.patch({ own: this.view.get().own.filter((own) => own.key !== key) })
  }

  async pin(messageSeq: number | null): Promise<void> {
    await this.#request('pinMessage', { messageSeq })
  }

  async delete(messageSeq: number): Promise<void> {
    await this.#request('deleteMessage', { messageSeq })
  }

  noticeLeftOut(count: number): void {
    if (count > 0) this.view.patch({ leftOut: this.view.get().leftOut + count })
  }

  /** Puts the latest of what was left out in its places. */
  async showLeftOut(): Promise<void> {
    try {
      const { events } = await this.#request('listEvents', { beforeSeq: LAST_SEQ })
      const { messages } = this.view.get()
      const [first, known] = [messages[0]?.seq ?? 0, new Set(messages.map(({ seq }) => seq))]
      const missed = messagesOf(events).filter(({ seq }) => seq > first && !known.has(seq))
      this.view.patch({ messages: [...messages, ...missed].sort((a, b) => a.seq - b.seq), leftOut: 0 })
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
    }
  }

  /** Loads earlier messages, page by page, until one of them is wanted or there are none left. */
  async loadOlder(wanted: (message: Message) => boolean = () => true): Promise<void> {
    for (let pages = 0; pages < PAGES_AT_ONCE; pages++) {
      const known = this.view.get().messages[0]?.seq
      await this.#loadPage()
      const { messages, hasOlder } = this.view.get()
      const found = messages.some((message) => message.seq < (known ?? 0) && wanted(message))
      if (found || !hasOlder || messages[0]?.seq === known) return
    }
  }

  async #loadPage(): Promise<void> {
    const { messages, hasOlder, loadingOlder } = this.view.get()
    if (!hasOlder || loadingOlder || messages.length === 0) return
    this.view.patch({ loadingOlder: true })
    try {
      const { events } = await this.#request('listEvents', { beforeSeq: messages[0]!.seq })
      const older = messagesOf(events)
      const view = this.view.get()
      this.view.patch({
        messages: [...older, ...view.messages],
        hasOlder: older.length > 0,
      })
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error
    } finally {
      this.view.patch({ loadingOlder: false })
    }
  }

  async #deliver(message: OwnMessage) {
    const { key, text, replyTo, mentions, picture } = message
    if (this.#sending.has(key)) return
    this.#sending.add(key)
    try {
      await this.#request('sendMessage', {
        text,
        ...(replyTo !== null && { replyTo }),
        ...(mentions.length > 0 && { mentions: [...mentions] }),
        ...(picture && { picture: picture.fileId }),
      })
      this.view.patch({ own: this.view.get().own.filter((own) => own.key !== key) })
    } catch (error) {
      const code = error instanceof RequestFailed ? error.code : 'internal'
      // A lost socket says nothing about the message: it stays grey, and `enter` finds out.
      if (code !== 'disconnected' && code !== 'not_joined') this.#refused(message, code)
    } finally {
      this.#sending.delete(key)
    }
  }

  #confirmed(own: readonly OwnMessage[], message: Message) {
    if (message.by?.peerId !== this.#selfId) return own
    const index = own.findIndex(
      ({ text, picture, failed }) => !failed && text === message.text && picture?.fileId === message.picture?.fileId,
    )
    return index < 0 ? own : own.filter((_, place) => place !== index)
  }

  /** What the room told before it was stored, and could not store, is there again to be sent anew. */
  #refused(message: OwnMessage, failed: FailureCode) {
    const { own } = this.view.get()
    if (own.some(({ key }) => key === message.key)) this.#mark(message.key, failed)
    else this.view.patch({ own: [...own, { ...message, failed }] })
  }

  #mark(key: string, failed: FailureCode | null) {
    this.view.patch({ own: this.view.get().own.map((own) => (own.key === key ? { ...own, failed } : own)) })
  }
}
