/** A room on one worker: its home, where all is published, or a branch that takes what it needs from there by pipes. */
import type { types as mediasoup } from 'mediasoup'
import { fromClient } from './failures.ts'
import type { Place } from './pool.ts'
import { Shared } from './shared.ts'

/** A pipe, and a branch, are kept for this long after their last viewer has left. */
const RETIRE_MS = 20_000

/** `made` is the id under which the producer is consumed. */
type Pipe = { made: Promise<string>; shared: Shared }

export class Branch {
  readonly place: Place
  private readonly home: mediasoup.Router | undefined
  private readonly retireMs: number
  private readonly pipes = new Map<string, Pipe>()
  private readonly shared: Shared
  private readonly keepId: boolean

  /**
   * Without `home` it is the home itself, and is not given up when nobody watches. Without `keepId`, what is brought has
   * another id here: a worker knows each id once, and the home may be on this one.
   */
  constructor(place: Place, home?: mediasoup.Router, retireMs = RETIRE_MS, keepId = true) {
    this.keepId = keepId
    this.place = place
    this.home = home
    this.retireMs = retireMs
    this.shared = new Shared(() => home && this.close(), retireMs)
  }

  get router(): mediasoup.Router {
    return this.place.router
  }

  /** A place for one viewer, until the function that is given back is called. */
  seat(): () => void {
    const { slot } = this.place
    const release = this.shared.use()
    slot.viewers += 1
    let seated = true
    return () => {
      if (!seated) return
      seated = false
      slot.viewers -= 1
      release()
    }
  }

  /**
   * Makes what is published at home there to be consumed here, until `release` is called. There is one pipe for each
   * producer, however many ask for it at once.
   */
  async bring(producer: mediasoup.Producer): Promise<{ producerId: string; release: () => void }> {
    const { home } = this
    if (!home) return { producerId: producer.id, release: () => {} }
    let pipe = this.pipes.get(producer.id)
    if (!pipe) {
      pipe = this.lay(home, producer)
      this.pipes.set(producer.id, pipe)
    }
    const release = pipe.shared.use()
    try {
      return { producerId: await pipe.made, release }
    } catch (error) {
      release()
      throw error
    }
  }

  close(): void {
    this.router.close()
  }

  private lay(home: mediasoup.Router, { id: producerId }: mediasoup.Producer): Pipe {
    const forget = () => {
      if (this.pipes.get(producerId) === pipe) this.pipes.delete(producerId)
    }
    let close = forget
    const made = fromClient(() =>
      home.pipeToRouter({ producerId, router: this.router, enableSctp: false, keepId: this.keepId }),
    ).then(({ pipeProducer }) => {
      copyOnce(pipeProducer!)
      pipeProducer!.observer.on('close', forget)
      close = () => pipeProducer!.close()
      return pipeProducer!.id
    })
    made.catch(forget)
    const pipe: Pipe = { made, shared: new Shared(() => close(), this.retireMs) }
    return pipe
  }
}

/** mediasoup copies these parameters three times for each consumer, and never changes them: here they are copied once. */
export function copyOnce(producer: mediasoup.Producer): void {
  const { consumableRtpParameters: value } = producer
  Object.defineProperty(producer, 'consumableRtpParameters', { value })
}
