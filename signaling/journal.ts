/** The durable side of a room's log: events are written in batches, in order, and tried again until they are stored. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from './log.ts'
import { LogConflict, type RoomLog } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { RoomEvent } from './protocol/events.ts'

const LARGEST_BATCH = 500
/** The first event of a rush is stored at once, the others in one statement per this time instead of one each. */
const BATCH_EVERY_MS = 50
/** What nobody waits for is stored together with what somebody does, or after this time. */
const UNHURRIED_MS = 1000
const LONGEST_RETRY_MS = 5000

type Waiting = { event: RoomEvent; stored: () => void; refused: (error: Error) => void }

export class Journal {
  private readonly roomId: string
  private readonly store: RoomLog
  private readonly log: Log
  private readonly conflicted: () => void
  private waiting: Waiting[] = []
  private writing: Promise<void> | undefined
  /** Whether what waits may not wait any longer. */
  private hurry = false
  private unhurried: NodeJS.Timeout | undefined
  private broken = false

  /** `conflicted`: called once, when the log holds other events than the room; those who wait have been refused. */
  constructor(roomId: string, store: RoomLog, log: Log, conflicted: () => void) {
    this.roomId = roomId
    this.store = store
    this.log = log
    this.conflicted = conflicted
  }

  /**
   * Resolves once the event is stored. What arrives while a batch is being written makes up the next one. Throws
   * `unavailable` once the log holds other events; who does not wait for that need not handle it.
   */
  write(event: RoomEvent): Promise<void> {
    return this.enqueue(event, true)
  }

  /** Stores the event before long: many of those cost hardly more than one. */
  note(event: RoomEvent): void {
    void this.enqueue(event, this.waiting.length >= LARGEST_BATCH)
  }

  private enqueue(event: RoomEvent, hurry: boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    promise.catch(() => {})
    if (this.broken) reject(notStored())
    else {
      this.waiting.push({ event, stored: resolve, refused: reject })
      this.hurry ||= hurry
      this.proceed()
    }
    return promise
  }

  /** How many events are not stored yet. */
  get backlog(): number {
    return this.waiting.length
  }

  /** Resolves when everything written so far is stored, or refused. */
  async flush(): Promise<void> {
    this.hurry = this.waiting.length > 0
    this.proceed()
    await this.writing
  }

  private proceed(): void {
    if (this.hurry) this.writing ??= this.drain()
    else if (!this.writing && this.waiting.length > 0)
      this.unhurried ??= setTimeout(() => void this.flush(), UNHURRIED_MS)
  }

  private async drain(): Promise<void> {
    clearTimeout(this.unhurried)
    this.unhurried = undefined
    while (this.hurry) {
      const batch = this.waiting.splice(0, LARGEST_BATCH)
      this.hurry = this.waiting.length > 0
      const next = pause(BATCH_EVERY_MS)
      if (!(await this.storeUntilDone(batch.map(({ event }) => event)))) return this.giveUp(batch)
      for (const { stored } of batch) stored()
      await next
    }
    this.writing = undefined
    this.proceed()
  }

  /** False where another event has the place of one of these: to try again would change nothing. */
  private async storeUntilDone(events: RoomEvent[]): Promise<boolean> {
    for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        await this.store.append(this.roomId, events)
        return true
      } catch (error) {
        const { roomId } = this
        const conflict = error instanceof LogConflict
        const trouble = conflict ? 'the room log holds other events than the room' : 'the room log cannot be written'
        this.log.error({ err: error, roomId, events: events.length }, trouble)
        if (conflict) return false
        await pause(wait)
      }
    }
  }

  private giveUp(batch: Waiting[]): void {
    this.broken = true
    this.writing = undefined
    for (const { refused } of [...batch, ...this.waiting.splice(0)]) refused(notStored())
    // After those who asked have been answered.
    setImmediate(this.conflicted)
  }
}

const notStored = () => new AppError('unavailable', 'the room log holds another event in this place')
