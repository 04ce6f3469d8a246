/**
 * One room over the workers: all is published at its home, and viewers for whom there is no room there sit on branches,
 * each fed by pipes from the home alone.
 */
import { WorkerClosedError } from 'mediasoup/errors'
import { AppError } from '../signaling/protocol/errors.ts'
import { Branch } from './branch.ts'
import { placeForViewer } from './placing.ts'
import type { WorkerPool, WorkerSlot } from './pool.ts'

/** A worker that dies while rooms open on it is not asked again at once. */
const SETTLE_AGAIN_MS = 50

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
  private readonly branches = new Map<WorkerSlot, Promise<Branch>>()
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

  /** The branch on which a new viewer has the most room, with a place for this viewer that `leave` gives back. */
  async seat(): Promise<{ branch: Branch; leave: () => void }> {
    await this.settling
    const { home } = this
    const held = [home.place.slot, ...this.branches.keys()] as [WorkerSlot, ...WorkerSlot[]]
    const slot = placeForViewer(held, this.pool.running)
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

  private branchOn(slot: WorkerSlot, home: Branch): Promise<Branch> {
    const known = this.branches.get(slot)
    if (known) return known
    const opening = this.openBranch(slot, home)
    this.branches.set(slot, opening)
    opening.catch(() => this.forget(slot, opening))
    return opening
  }

  private async openBranch(slot: WorkerSlot, home: Branch): Promise<Branch> {
    const place = await this.pool.createRouter(slot)
    const branch = new Branch(place, home.router, this.retireMs)
    const opening = this.branches.get(slot)
    place.router.observer.on('close', () => this.forget(slot, opening))
    place.router.on('workerclose', () => {
      if (!this.isClosed && this.home === home) this.listener.branchLost(branch)
    })
    if (this.isClosed || home.router.closed) {
      branch.close()
      throw new AppError('unavailable', 'the room has moved meanwhile')
    }
    return branch
  }

  private forget(slot: WorkerSlot, opening: Promise<Branch> | undefined): void {
    if (this.branches.get(slot) === opening) this.branches.delete(slot)
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
    for (const opening of this.branches.values()) opening.then((branch) => branch.close()).catch(() => {})
    this.branches.clear()
  }
}
