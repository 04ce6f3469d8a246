/**
 * One room over the workers: all is published at its home, and viewers for whom there is no room there sit on branches,
 * each fed by pipes from the home alone.
 */
import type { types as mediasoup } from 'mediasoup'
import { WorkerClosedError } from 'mediasoup/errors'
import { AppError } from '../signaling/protocol/errors.ts'
import { Branch } from './branch.ts'
import { placeForViewer } from './placing.ts'
import type { WorkerPool, WorkerSlot } from './pool.ts'

/** A worker that dies while rooms open on it is not asked again at once. */
const SETTLE_AGAIN_MS = 50
/** Every layout costs a router and its pipes, and clients choose them. */
const MOST_BRANCHES = 32

/** Codecs under other numbers than those of the room, for clients that do not take the room's. */
export type Layout = { name: string; mediaCodecs: mediasoup.RouterRtpCodecCapability[] }

type Limb = { slot: WorkerSlot; opening: Promise<Branch> }

export type StarListener = {
  /** There is a new home; nothing is published there yet. */
  settled(home: Branch): Promise<void>
  /** The home is lost, and every branch with it; another is looked for. */
  lost(): void
  /** After the loss of a home: there is another. */
  moved(): void
  /** What was received on this branch is gone. */
  branchLost(branch: Branch): void
}

export class Star {
  home!: Branch
  private readonly pool: WorkerPool
  private readonly listener: StarListener
  private readonly branches = new Map<string, Limb>()
  private readonly retireMs: number | undefined
  private settling: Promise<void> = Promise.resolve()
  private isClosed = false

  /** Resolves when it has a home. `retireMs`: how long what nobody uses any more is kept. */
  static async open(pool: WorkerPool, listener: StarListener, retireMs?: number): Promise<Star> {
    const star = new Star(pool, listener, retireMs)
    await star.settle()
    return star
  }

  private constructor(pool: WorkerPool, listener: StarListener, retireMs?: number) {
    this.pool = pool
    this.listener = listener
    this.retireMs = retireMs
  }

  /** Resolves when there is a home, throws `unavailable` where none is found. */
  get ready(): Promise<void> {
    return this.settling
  }

  /**
   * The branch on which a new viewer has the most room, with a place for this viewer that `leave` gives back. With a
   * layout it is one of its own, and `unavailable` where there are too many.
   */
  async seat(layout?: Layout): Promise<{ branch: Branch; leave: () => void }> {
    await this.settling
    const { home } = this
    const held = [home.place.slot, ...[...this.branches.values()].map(({ slot }) => slot)] as const
    const slot = placeForViewer([...new Set(held)] as [WorkerSlot, ...WorkerSlot[]], this.pool.running)
    if (layout) {
      const branch = await this.branchOn(slot, home, layout)
      return { branch, leave: branch.seat() }
    }
    if (slot === home.place.slot) return { branch: home, leave: home.seat() }
    // Counted before its router is made, so that a crowd which comes at once does not go to one worker.
    slot.viewers += 1
    try {
      const branch = await this.branchOn(slot, home)
      return { branch, leave: branch.seat() }
    } catch {
      return { branch: this.home, leave: this.home.seat() }
    } finally {
      slot.viewers -= 1
    }
  }

  close(): void {
    this.isClosed = true
    this.closeRouters()
  }

  private branchOn(slot: WorkerSlot, home: Branch, layout?: Layout): Promise<Branch> {
    const key = `${slot.worker.pid} ${layout?.name ?? ''}`
    const known = this.branches.get(key)
    if (known) return known.opening
    if (layout && this.branches.size >= MOST_BRANCHES)
      return Promise.reject(new AppError('unavailable', 'too many kinds of players are here'))
    const limb: Limb = { slot, opening: this.openBranch(slot, home, () => this.forget(key, limb), layout) }
    this.branches.set(key, limb)
    limb.opening.catch(() => this.forget(key, limb))
    return limb.opening
  }

  private async openBranch(slot: WorkerSlot, home: Branch, closed: () => void, layout?: Layout): Promise<Branch> {
    const place = await this.pool.createRouter(slot, layout?.mediaCodecs)
    const branch = new Branch(place, home.router, this.retireMs, !layout)
    place.router.observer.on('close', closed)
    place.router.on('workerclose', () => {
      if (!this.isClosed && this.home === home) this.listener.branchLost(branch)
    })
    if (this.isClosed || home.router.closed) {
      branch.close()
      throw new AppError('unavailable', 'the room has moved meanwhile')
    }
    return branch
  }

  private forget(key: string, limb: Limb): void {
    if (this.branches.get(key) === limb) this.branches.delete(key)
  }

  private settle(): Promise<void> {
    this.settling = this.findHome()
    this.settling.catch(() => {})
    return this.settling
  }

  /** Makes a router, again where its worker dies meanwhile; a room that was open once gives up only when it is closed. */
  private async findHome(): Promise<void> {
    for (;;) {
      try {
        const place = await this.pool.createRouter()
        const home = new Branch(place)
        await this.listener.settled(home)
        this.home = home
        place.router.on('workerclose', () => void this.move())
        if (this.isClosed) home.close()
        return
      } catch (cause) {
        const retry = cause instanceof WorkerClosedError || this.home !== undefined
        if (!retry || this.isClosed || this.pool.isClosed)
          throw new AppError('unavailable', 'no media worker takes this room', { cause })
        await new Promise((resolve) => setTimeout(resolve, SETTLE_AGAIN_MS))
      }
    }
  }

  private async move(): Promise<void> {
    if (this.isClosed || this.pool.isClosed) return
    this.closeRouters()
    this.listener.lost()
    const settled = await this.settle().then(
      () => true,
      () => false,
    )
    if (settled && !this.isClosed) this.listener.moved()
  }

  private closeRouters(): void {
    this.home?.close()
    for (const { opening } of this.branches.values()) opening.then((branch) => branch.close()).catch(() => {})
    this.branches.clear()
  }
}
