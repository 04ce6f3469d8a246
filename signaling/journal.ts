/** The durable side of a room's log: events are written in batches, in order, and tried again until they are stored. */
import { setTimeout } from 'node:timers/promises'
import type { Log } from './log.ts'
import type { RoomLog } from './ports.ts'
import type { RoomEvent } from './protocol/events.ts'

const LARGEST_BATCH = 500
/** The first event of a rush is stored at once, the others in one statement per this time instead of one each. */
const BATCH_EVERY_MS = 50
const LONGEST_RETRY_MS = 5000

type Waiting = { event: RoomEvent; stored: () => void }

export class Journal {
  private readonly roomId: string
  private readonly store: RoomLog
  private readonly log: Log
  private waiting: Waiting[] = []
  private writing: Promise<void> | undefined

  constructor(roomId: string, store: RoomLog, log: Log) {
    this.roomId = roomId
    this.store = store
    this.log = log
  }

  /** Resolves once the event is stored. What arrives while a batch is being written makes up the next one. */
  write(event: RoomEvent): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.waiting.push({ event, stored: resolve })
    this.writing ??= this.drain()
    return promise
  }

  /** How many events are not stored yet. */
  get backlog(): number {
    return this.waiting.length
  }

  /** Resolves when everything written so far is stored. */
  async flush(): Promise<void> {
    await this.writing
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, LARGEST_BATCH)
      const next = setTimeout(BATCH_EVERY_MS)
      await this.storeUntilDone(batch.map(({ event }) => event))
      for (const { stored } of batch) stored()
      await next
    }
    this.writing = undefined
  }

  private async storeUntilDone(events: RoomEvent[]): Promise<void> {
    for (let wait = 100; ; wait = Math.min(wait * 2, LONGEST_RETRY_MS)) {
      try {
        return await this.store.append(this.roomId, events)
      } catch (error) {
        this.log.error({ err: error, roomId: this.roomId, events: events.length }, 'the room log cannot be written')
        await setTimeout(wait)
      }
    }
  }
}
