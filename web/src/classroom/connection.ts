/** The way into the room and back into it: ticket, socket, welcome, join; again after a loss, until told otherwise. */

import { SUBPROTOCOL } from '../../../signaling/protocol/constants.ts'
import type { CloseReason, ErrorCode } from '../../../signaling/protocol/errors.ts'
import type { Payload } from '../../../signaling/protocol/index.ts'
import type { TicketAnswer } from '../../../src/entitlements/schema.ts'
import { Store } from '../store.ts'
import type { Log } from './log.ts'
import { delayBefore, isPassing, mayReturn, reconnectPolicy } from './reconnect.ts'
import {
  type NotificationHandlers,
  type Request,
  RequestFailed,
  SignalingClient,
  type Socket,
} from './signaling-client.ts'

/** Why one is out for good, until one asks to come back. */
export type OutReason = CloseReason | ErrorCode | 'left'

/** Out for want of a right: what was bought, or given, opens the room again. */
export const isUnpaid = (reason: OutReason | null): boolean => reason === 'trial_ended' || reason === 'not_entitled'

export type ConnectionView = {
  phase: 'connecting' | 'connected' | 'reconnecting' | 'out'
  /** How many tries there were since the last success. */
  attempt: number
  /** This machine has no network at all. */
  offline: boolean
  /** The server said that it closes; another one will answer. */
  draining: boolean
  reason: OutReason | null
  /** One was inside at least once. */
  entered: boolean
}

type Welcome = Payload<'welcome'>

export type ConnectionOptions = {
  /** Asks for a ticket over HTTP; fails with an error that has a `code`. */
  getTicket: () => Promise<TicketAnswer>
  handlers: Omit<NotificationHandlers, 'welcome'>
  /** Joins the room on a socket that said welcome. */
  enter: (client: SignalingClient, welcome: Welcome, ticket: TicketAnswer) => Promise<void>
  onServerTime: (serverNow: number, sentAt: number) => void
  openSocket?: (url: string, protocol: string) => Socket
  log: Log
}

const codeOf = (error: unknown) => (error as { code?: ErrorCode | 'offline' | 'timeout' | 'disconnected' }).code

/** The socket's address, from a path on this host or a full one. */
export function socketUrl({ url, ticket }: Pick<TicketAnswer, 'url' | 'ticket'>, base: string): string {
  const address = new URL(url, base)
  address.protocol = address.protocol.replace(/^http/, 'ws')
  address.searchParams.set('ticket', ticket)
  return address.href
}

export class Connection {
  readonly view = new Store<ConnectionView>({
    phase: 'connecting',
    attempt: 0,
    offline: false,
    draining: false,
    reason: null,
    entered: false,
  })
  readonly #options: ConnectionOptions
  #client: SignalingClient | null = null
  /** The same one, from its welcome on. */
  #welcomed: SignalingClient | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #steady: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #opening = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** Asks over the socket of the moment. */
  readonly request: Request = (method, data) =>
    this.#welcomed?.request(method, data) ?? Promise.reject(new RequestFailed('disconnected'))

  /** With a ticket at hand the first try needs no other. */
  start(ticket?: TicketAnswer): void {
    this.#attempt = 0
    this.view.patch({ phase: 'connecting', reason: null, attempt: 0 })
    globalThis.addEventListener?.('online', this.#hurry)
    globalThis.addEventListener?.('offline', this.#noticeOffline)
    globalThis.document?.addEventListener('visibilitychange', this.#hurry)
    void this.#open(ticket)
  }

  /**
   * Enters anew with a ticket that opens more than the last one: without a break where one is inside, from outside
   * where one was put out for want of a right. Where there is no such ticket nothing changes.
   */
  async renew(): Promise<void> {
    try {
      const ticket = await this.#options.getTicket()
      const { phase, reason } = this.view.get()
      if (phase === 'out' && isUnpaid(reason)) this.start(ticket)
      if (phase === 'connected') await this.#open(ticket)
    } catch (error) {
      this.#options.log.info('nothing new is open', { error: String(error) })
    }
  }

  /** Ends it for good. */
  close(reason: OutReason = 'left'): void {
    globalThis.removeEventListener?.('online', this.#hurry)
    globalThis.removeEventListener?.('offline', this.#noticeOffline)
    globalThis.document?.removeEventListener('visibilitychange', this.#hurry)
    clearTimeout(this.#timer)
    clearTimeout(this.#steady)
    this.#opening += 1
    this.view.patch({ phase: 'out', reason })
    this.#drop()
  }

  async #open(given?: TicketAnswer) {
    this.#opening += 1
    const opening = this.#opening
    if (!given) this.#drop()
    const current = () => opening === this.#opening
    const timeout = setTimeout(() => current() && this.#lost(null), reconnectPolicy.openTimeoutMs)
    try {
      const ticket = given ?? (await this.#options.getTicket())
      if (!current()) return
      const { client, welcome } = await this.#connect(ticket, current)
      if (!current()) return client.close()
      await this.#options.enter(client, welcome, ticket)
      if (!current()) return
      this.#entered()
    } catch (error) {
      if (current()) this.#failed(error)
    } finally {
      clearTimeout(timeout)
    }
  }

  #connect(ticket: TicketAnswer, current: () => boolean): Promise<{ client: SignalingClient; welcome: Welcome }> {
    const { handlers, log, onServerTime, openSocket = (url, protocol) => new WebSocket(url, protocol) } = this.#options
    const socket = openSocket(socketUrl(ticket, globalThis.location?.href ?? 'http://localhost'), SUBPROTOCOL)
    return new Promise((resolve, reject) => {
      const client: SignalingClient = new SignalingClient(socket, {
        handlers: {
          ...handlers,
          welcome: (welcome) => {
            if (current()) this.#relieve(client)
            resolve({ client, welcome })
          },
        },
        onClose: (reason) => {
          reject(new RequestFailed('disconnected'))
          if (current()) this.#lost(reason)
        },
        onServerTime,
        log,
      })
      this.#client = client
    })
  }

  /** The socket of before serves until the next one is welcome. */
  #relieve(client: SignalingClient) {
    this.#welcomed?.close()
    this.#welcomed = client
  }

  #drop() {
    this.#client?.close()
    this.#welcomed?.close()
    this.#client = null
    this.#welcomed = null
  }

  #entered() {
    this.#options.log.info('connected')
    this.view.patch({ phase: 'connected', attempt: 0, offline: false, draining: false, entered: true })
    this.#steady = setTimeout(() => {
      this.#attempt = 0
    }, reconnectPolicy.steadyAfterMs)
  }

  #failed(error: unknown) {
    const code = codeOf(error)
    this.#options.log.info('could not enter', { error: String(error) })
    if (code && isPassing(code)) this.#lost(null)
    else this.close(code && code !== 'offline' && code !== 'timeout' && code !== 'disconnected' ? code : 'internal')
  }

  /** The socket is gone, or never came. */
  #lost(reason: CloseReason | null) {
    clearTimeout(this.#steady)
    clearTimeout(this.#timer)
    this.#opening += 1
    this.#drop()
    if (!mayReturn(reason)) return this.close(reason!)
    const delay = delayBefore(this.#attempt)
    this.#attempt += 1
    this.#options.log.info('connection lost', { reason, attempt: this.#attempt, delay })
    this.view.patch({
      phase: 'reconnecting',
      attempt: this.#attempt,
      offline: globalThis.navigator?.onLine === false,
      draining: reason === 'draining' || this.view.get().draining,
    })
    this.#timer = setTimeout(() => void this.#open(), delay)
  }

  readonly #hurry = () => {
    if (globalThis.document?.visibilityState === 'hidden' || this.view.get().phase !== 'reconnecting') return
    this.#attempt = 0
    clearTimeout(this.#timer)
    this.view.patch({ offline: false })
    void this.#open()
  }

  readonly #noticeOffline = () => {
    if (this.view.get().phase === 'connected') this.#lost(null)
    else this.view.patch({ offline: true })
  }
}
