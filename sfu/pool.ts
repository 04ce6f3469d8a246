/** The media workers: one per core, least loaded first, a dead one replaced on its own port. */
import { createWorker, type types as mediasoup } from 'mediasoup'
import { AppError } from '../signaling/protocol/errors.ts'
import { mediaCodecs } from './codecs.ts'
import type { Log } from './log.ts'
import { type Burden, fullnessOf, lightest } from './placing.ts'

const MEASURE_EVERY_MS = 2000
/** What one worker carries before its pictures stutter; mediasoup's own figure. */
const CONSUMERS_PER_WORKER = 500
/** So many unanswered measurements in a row. */
const MOST_SILENCES = 3
const LONGEST_RESPAWN_MS = 10_000
const PATIENCE_MS = 10_000
const GATHER_MS = 500
/** A worker that lived this long did not die of its start. */
const HEALTHY_MS = 30_000

export type PoolOptions = {
  count: number
  /** Port of the first worker, UDP and TCP; 0 lets the kernel choose. */
  port: number
  /** Addresses to listen on, each with the one that browsers are told. */
  addresses: { ip: string; announcedAddress?: string }[]
  log: Log
  /** How many consumers a worker is meant to carry at most. */
  consumersPerWorker?: number
  /** How long to wait for a worker where none runs. */
  patienceMs?: number
  /** After the loss of all workers, how long the first that is back waits for the others to share the rooms with. */
  gatherMs?: number
}

/** One worker and what it carries. */
export type WorkerSlot = Burden & {
  readonly index: number
  readonly worker: mediasoup.Worker
  readonly webRtcServer: mediasoup.WebRtcServer
  /** Ends of pipes to other workers. */
  pipes: number
  /** It takes no more classes, and is closed when it has none. */
  retiring: boolean
  /** How often in a row the worker did not answer. */
  silent: number
}

/** A router, and the worker that it is on. */
export type Place = { router: mediasoup.Router; webRtcServer: mediasoup.WebRtcServer; slot: WorkerSlot }

export class WorkerPool {
  readonly options: Readonly<PoolOptions>
  /** How many workers there are meant to be. */
  count: number
  /** How many streams each is meant to send at most. */
  consumersPerWorker: number
  rtpCapabilities!: mediasoup.RtpCapabilities
  deaths = 0
  private readonly slots = new Map<number, WorkerSlot>()
  private readonly leaving = new Map<number, Promise<void>>()
  private readonly waiting = new Set<{ resolve(): void; reject(error: Error): void }>()
  /** All workers are lost, and not enough are back. */
  private gathering = false
  private gathered: NodeJS.Timeout | undefined
  private measuring: NodeJS.Timeout | undefined
  private closed = false

  private constructor(options: PoolOptions) {
    this.options = options
    this.count = options.count
    this.consumersPerWorker = options.consumersPerWorker ?? CONSUMERS_PER_WORKER
  }

  static async start(options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options)
    try {
      await Promise.all(Array.from({ length: options.count }, (_, index) => pool.spawn(index)))
      const router = await pool.slots.get(0)!.worker.createRouter({ mediaCodecs })
      pool.rtpCapabilities = router.rtpCapabilities
      router.close()
    } catch (error) {
      await pool.close()
      throw error
    }
    pool.measuring = setInterval(() => void pool.measure(), MEASURE_EVERY_MS)
    return pool
  }

  /** A router on this worker, or on the one with the most room; waits a while where every worker has just died. */
  async createRouter(on?: WorkerSlot, codecs = mediaCodecs): Promise<Place> {
    this.noticeLoss()
    if (this.gathering) await this.untilGathered()
    const slot = on ?? lightest(this.running)
    if (!slot) throw noWorker()
    // Counted before the worker answers, so that rooms which open together spread.
    slot.routers += 1
    const uncount = () => {
      slot.routers -= 1
    }
    try {
      const router = await slot.worker.createRouter({ mediaCodecs: codecs })
      router.observer.on('close', () => {
        uncount()
        this.closeWhenIdle(slot)
      })
      return { router, webRtcServer: slot.webRtcServer, slot }
    } catch (error) {
      uncount()
      throw error
    }
  }

  get workers(): readonly WorkerSlot[] {
    return [...this.slots.values()].sort((a, b) => a.index - b.index)
  }

  /** Those that live, and take classes. */
  get running(): WorkerSlot[] {
    return this.workers.filter(({ worker, retiring }) => !worker.closed && !retiring)
  }

  /**
   * Changes how many workers there are, and how much each is meant to carry; resolves when those that are new run. Of
   * those that are too many, each is closed when its last class has ended.
   */
  async tune({ count, consumersPerWorker }: { count: number; consumersPerWorker: number }): Promise<void> {
    this.count = count
    this.consumersPerWorker = consumersPerWorker
    for (const slot of this.slots.values()) {
      slot.limit = consumersPerWorker
      slot.retiring = slot.index >= count
      if (slot.retiring) this.closeWhenIdle(slot)
    }
    const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !this.slots.has(index))
    await Promise.all(missing.map((index) => this.spawn(index)))
  }

  /** How full the emptiest worker is: 0 for idle, 1 for one at its limit. */
  get fullness(): number {
    return Math.min(1, ...this.running.map(fullnessOf))
  }

  get isClosed(): boolean {
    return this.closed
  }

  /** Resolves when the processes are gone. */
  async close(): Promise<void> {
    this.closed = true
    clearInterval(this.measuring)
    clearTimeout(this.gathered)
    for (const { reject } of this.waiting) reject(noWorker())
    this.waiting.clear()
    const workers = this.workers.map(({ worker }) => worker)
    this.slots.clear()
    await Promise.all(workers.map(ended))
  }

  private closeWhenIdle(slot: WorkerSlot): void {
    if (!slot.retiring || slot.routers > 0 || this.slots.get(slot.index) !== slot) return
    this.slots.delete(slot.index)
    // Its ports are free when its process is gone.
    this.leaving.set(slot.index, ended(slot.worker))
    this.options.log.info({ worker: slot.index, pid: slot.worker.pid }, 'a media worker is not needed any more')
  }

  private noticeLoss(): void {
    if (this.running.length === 0) this.gathering = true
  }

  private noticeReturn(): void {
    if (!this.gathering) return
    if (this.running.length >= this.count) this.letGo()
    else this.gathered ??= setTimeout(() => this.letGo(), this.options.gatherMs ?? GATHER_MS)
  }

  private letGo(): void {
    clearTimeout(this.gathered)
    this.gathered = undefined
    this.gathering = false
    for (const { resolve } of this.waiting) resolve()
    this.waiting.clear()
  }

  /** Not for ever: a drain waits for every room that is being opened. */
  private untilGathered(): Promise<void> {
    if (this.closed) return Promise.reject(noWorker())
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject }
      this.waiting.add(waiter)
      setTimeout(() => {
        this.waiting.delete(waiter)
        reject(noWorker())
      }, this.options.patienceMs ?? PATIENCE_MS).unref()
    })
  }

  private async spawn(index: number): Promise<void> {
    const { port, addresses, log } = this.options
    await this.leaving.get(index)
    const worker = await createWorker({ logLevel: 'error' })
    leaveSignalsAlone(worker)
    const startedAt = performance.now()
    let slot: WorkerSlot | undefined
    worker.on('died', () => {
      this.deaths += 1
      if (slot) this.slots.delete(index)
      this.noticeLoss()
      log.error({ worker: index, pid: worker.pid }, 'a media worker died')
    })
    worker.on('subprocessclose', () => {
      if (slot && !slot.retiring && !this.closed) void this.respawn(index, performance.now() - startedAt)
    })
    const listenInfos = addresses.flatMap((address) =>
      (['udp', 'tcp'] as const).map((protocol) => ({ ...address, protocol, port: port === 0 ? 0 : port + index })),
    )
    const webRtcServer = await worker.createWebRtcServer({ listenInfos }).catch((error) => {
      worker.close()
      throw new Error(`media port ${port + index} cannot be opened (RTC_PORT, RTC_LISTEN_ADDRESS): ${error.message}`)
    })
    if (this.closed) return worker.close()
    const limit = this.consumersPerWorker
    slot = {
      index,
      worker,
      webRtcServer,
      limit,
      load: 0,
      routers: 0,
      consumers: 0,
      viewers: 0,
      pipes: 0,
      retiring: false,
      silent: 0,
    }
    countWhatItCarries(slot)
    this.slots.set(index, slot)
    this.noticeReturn()
    log.info({ worker: index, pid: worker.pid, port: port + index }, 'media worker started')
  }

  private async respawn(index: number, livedMs: number, wait = livedMs > HEALTHY_MS ? 0 : 100): Promise<void> {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    if (this.closed) return
    try {
      await this.spawn(index)
    } catch (error) {
      this.options.log.error({ err: error, worker: index }, 'a media worker cannot be replaced')
      void this.respawn(index, livedMs, Math.min(Math.max(wait, 100) * 2, LONGEST_RESPAWN_MS))
    }
  }

  /** A worker that runs but does not answer is as good as dead, and its death is what everyone can handle. */
  private replace({ index, worker }: WorkerSlot): void {
    if (worker.closed) return
    this.options.log.error({ worker: index, pid: worker.pid }, 'a media worker does not answer')
    process.kill(worker.pid, 'SIGKILL')
  }

  private async measure(): Promise<void> {
    await Promise.all(
      [...this.slots.values()].map(async (slot) => {
        const cpu = await cpuMsOf(slot.worker).catch(() => undefined)
        slot.silent = cpu === undefined ? slot.silent + 1 : 0
        if (slot.silent >= MOST_SILENCES) this.replace(slot)
        const before = lastCpu.get(slot.worker)
        const now = performance.now()
        if (cpu === undefined) return
        if (before) slot.load = (cpu - before.cpu) / (now - before.at)
        lastCpu.set(slot.worker, { cpu, at: now })
      }),
    )
  }
}

const noWorker = () => new AppError('unavailable', 'no media worker runs')

const lastCpu = new WeakMap<mediasoup.Worker, { cpu: number; at: number }>()

/** CPU that a worker has used since it started, in milliseconds. */
export async function cpuMsOf(worker: mediasoup.Worker): Promise<number> {
  const { ru_utime, ru_stime } = await worker.getResourceUsage()
  return ru_utime + ru_stime
}

/**
 * mediasoup closes its workers at the first SIGINT or SIGTERM, and so also keeps those signals from ending the process.
 * Here whoever owns the pool closes it, after its rooms were sent away.
 */
function leaveSignalsAlone(worker: mediasoup.Worker): void {
  const { onSignal } = worker as unknown as { onSignal: NodeJS.SignalsListener }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
}

async function ended(worker: mediasoup.Worker): Promise<void> {
  const gone = new Promise<void>((resolve) => worker.on('subprocessclose', resolve))
  worker.close()
  if (!worker.subprocessClosed) await gone
}

function countWhatItCarries(slot: WorkerSlot): void {
  slot.worker.observer.on('newrouter', (router) =>
    router.observer.on('newtransport', (transport) => {
      if (transport.type === 'pipe') {
        slot.pipes += 1
        transport.observer.on('close', () => {
          slot.pipes -= 1
        })
      }
      transport.observer.on('newconsumer', (consumer) => {
        slot.consumers += 1
        consumer.observer.on('close', () => {
          slot.consumers -= 1
        })
      })
    }),
  )
}

/** How many workers suit this many cores: some are left for Node, HLS and the kernel. */
export const workersFor = (cores: number) =>
  Math.max(1, Math.ceil(Math.min(cores, 32) * 0.8 + Math.max(0, cores - 32) / 2))
