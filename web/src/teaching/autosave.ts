/** Saves what is typed a moment after the typing stops, one request at a time. What could not be saved is kept and tried again. */
import { codeOf } from '../api/errors.ts'
import { Store } from '../store.ts'

/** `waiting`: typed, not sent yet; `conflict`: somebody else saved in between, and a person has to decide. */
export type SaveState = { status: 'saved' | 'waiting' | 'saving' | 'failed' | 'conflict'; error: unknown }

type Options<T> = {
  /** The version that the form shows. */
  version: number
  /** Sends a change of this version, and answers the version that it made. */
  save: (change: Partial<T>, version: number) => Promise<number>
  delayMs?: number
  retryMs?: number
}

const DELAY_MS = 900
const RETRY_MS = 5000

export class Autosave<T extends object> {
  readonly view = new Store<SaveState>({ status: 'saved', error: null })
  readonly #options: Options<T>
  #version: number
  #pending: Partial<T> = {}
  #sending: Promise<void> | null = null
  #sent: Partial<T> = {}
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: Options<T>) {
    this.#options = options
    this.#version = options.version
  }

  get version(): number {
    return this.#version
  }

  /** What was typed and is not on the server yet. */
  get unsaved(): Partial<T> {
    return { ...this.#sent, ...this.#pending }
  }

  get isSaved(): boolean {
    return Object.keys(this.unsaved).length === 0
  }

  change(change: Partial<T>): void {
    this.#pending = { ...this.#pending, ...change }
    const { status } = this.view.get()
    if (status === 'conflict') return
    if (!this.#sending) this.#show('waiting')
    this.#later(this.#options.delayMs ?? DELAY_MS)
  }

  /** Sends what is there without waiting any longer; settles when all of it is saved or could not be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.#sending) {
      await this.#sending
      return this.flush()
    }
    if (this.view.get().status === 'conflict' || Object.keys(this.#pending).length === 0) return
    this.#sending = this.#send()
    await this.#sending
    if (this.view.get().status === 'waiting') await this.flush()
  }

  /** After a conflict: goes on from this version, with what was typed, or without it. */
  async goOn(version: number, keep: boolean): Promise<void> {
    this.#version = version
    if (!keep) this.#pending = {}
    this.#show(this.isSaved ? 'saved' : 'waiting')
    await this.flush()
  }

  async #send(): Promise<void> {
    this.#sent = this.#pending
    this.#pending = {}
    this.#show('saving')
    try {
      this.#version = await this.#options.save(this.#sent, this.#version)
      this.#sent = {}
      this.#show(this.isSaved ? 'saved' : 'waiting')
    } catch (error) {
      this.#pending = { ...this.#sent, ...this.#pending }
      this.#sent = {}
      this.#failed(error)
    } finally {
      this.#sending = null
    }
  }

  #failed(error: unknown): void {
    const code = codeOf(error)
    this.#show(code === 'changed_elsewhere' ? 'conflict' : 'failed', error)
    if (passing.includes(code)) this.#later(this.#options.retryMs ?? RETRY_MS)
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.flush(), ms)
  }

  #show(status: SaveState['status'], error: unknown = null): void {
    this.view.set({ status, error })
  }
}

/** Trouble that goes away by itself. */
const passing = ['offline', 'unavailable', 'too_many_requests', 'internal']
