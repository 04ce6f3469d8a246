/** What is only seen while it happens: strokes on their way and lasers, gathered and sent at most so often. */
import type { Sketch } from './protocol/board.ts'
import { limits } from './protocol/constants.ts'
import type { NotificationFrame, Payload } from './protocol/index.ts'

const SHORTEST_WINDOW_MS = 50
/** In a crowd each frame costs a write for everyone: a thousand people are shown five a second. */
const MS_PER_PERSON = 0.2

type Sketched = Payload<'sketched'>
type Laser = Sketched['lasers'][number]

export class Sketches {
  private readonly broadcast: (frame: NotificationFrame) => void
  private readonly crowd: () => number
  private readonly strokes = new Map<string, Sketch & { peerId: string }>()
  private readonly lasers = new Map<string, Laser>()
  private timer: NodeJS.Timeout | undefined

  constructor(broadcast: (frame: NotificationFrame) => void, crowd: () => number) {
    this.broadcast = broadcast
    this.crowd = crowd
  }

  draw(sketch: Sketch & { peerId: string }): void {
    const name = `${sketch.peerId} ${sketch.id}`
    const known = this.strokes.get(name)
    const points = [...(known?.points ?? []), ...sketch.points].slice(0, limits.strokeNumbers)
    this.strokes.set(name, { ...sketch, points })
    this.send()
  }

  point(laser: Laser): void {
    this.lasers.set(laser.peerId, laser)
    this.send()
  }

  close(): void {
    clearTimeout(this.timer)
  }

  private send(): void {
    this.timer ??= setTimeout(() => this.flush(), Math.max(SHORTEST_WINDOW_MS, this.crowd() * MS_PER_PERSON))
  }

  private flush(): void {
    this.timer = undefined
    const data: Sketched = { sketches: [...this.strokes.values()], lasers: [...this.lasers.values()] }
    this.strokes.clear()
    this.lasers.clear()
    this.broadcast({ topic: 'sketched', data })
  }
}
