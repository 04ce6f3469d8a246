/** Paints comments on one canvas over the picture; awake only while there is something to paint. */
import type { Store } from '../store.ts'
import type { Said } from './feed.ts'
import { type Comment, Flight } from './flight.ts'
import { type DanmakuSettings, wantsStillness } from './settings.ts'

/** Longer ones are read in the chat. */
const MOST_LETTERS = 60
/** Below the badges in the corner. */
const TOP_PX = 44
const NARROW_PX = 640
const fontPx = { narrow: 15, wide: 20 }
const LINE = 1.7
const OUTLINE_PX = 3
const PADDING_PX = 8
const LOOK_MS = 250
const pixelsPerSecond = { slow: 70, normal: 110, fast: 170 }
const gapPx = { few: 320, some: 96, many: 24 }
const share = { quarter: 0.25, half: 0.5, full: 1 }
const alpha = { faint: 0.4, clear: 0.75, solid: 1 }

type Painted = Comment & { bitmap: HTMLCanvasElement }

export class Painter {
  readonly #canvas: HTMLCanvasElement
  readonly #settings: Store<DanmakuSettings>
  readonly #flight = new Flight<Painted>()
  readonly #still = wantsStillness()
  readonly #watching: ResizeObserver
  readonly #stop: () => void
  #cancel: (() => void) | null = null
  #paused = false
  #closed = false

  constructor(canvas: HTMLCanvasElement, settings: Store<DanmakuSettings>) {
    this.#canvas = canvas
    this.#settings = settings
    this.#watching = new ResizeObserver(() => this.#reshape())
    this.#watching.observe(canvas)
    this.#stop = settings.subscribe(() => this.#reshape())
    this.#reshape()
  }

  say({ seq, text, mine, staff }: Said): void {
    if (!this.#settings.get().on || document.visibilityState === 'hidden') return
    const bitmap = this.#write(text, mine, staff)
    this.#flight.add({ seq, mine, bitmap, width: bitmap.width / devicePixelRatio }, performance.now())
    this.#wake()
  }

  gone(seq: number): void {
    this.#flight.remove(seq)
    this.#paint()
  }

  clear(): void {
    this.#flight.clear()
    this.#paint()
  }

  /** Comments stand while the picture does. */
  setPaused(paused: boolean): void {
    this.#paused = paused
    if (paused) this.#sleep()
    else this.#wake()
  }

  close(): void {
    this.#closed = true
    this.#sleep()
    this.#stop()
    this.#watching.disconnect()
  }

  get #fontPx(): number {
    return this.#canvas.clientWidth < NARROW_PX ? fontPx.narrow : fontPx.wide
  }

  #reshape(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas
    const { on, density, area, speed } = this.#settings.get()
    Object.assign(this.#canvas, { width: width * devicePixelRatio, height: height * devicePixelRatio })
    const room = Math.max(0, height - TOP_PX) * share[area]
    const lanes = width === 0 ? 0 : Math.max(1, Math.floor(room / (this.#fontPx * LINE)))
    this.#flight.reshape({
      width,
      lanes,
      gap: gapPx[density],
      pixelsPerSecond: pixelsPerSecond[speed],
      still: this.#still,
    })
    if (!on) this.#flight.clear()
    this.#paint()
  }

  #wake(): void {
    if (this.#cancel || this.#paused || this.#closed || !this.#flight.busy) return
    if (this.#still) {
      const timer = setTimeout(() => this.#move(), LOOK_MS)
      this.#cancel = () => clearTimeout(timer)
    } else {
      const frame = requestAnimationFrame(() => this.#move())
      this.#cancel = () => cancelAnimationFrame(frame)
    }
  }

  #sleep(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  #move(): void {
    this.#cancel = null
    this.#flight.advance(performance.now())
    this.#paint()
    this.#wake()
  }

  #paint(): void {
    const context = this.#canvas.getContext('2d')
    if (!context) return
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height)
    context.globalAlpha = alpha[this.#settings.get().opacity]
    for (const { comment, lane, x } of this.#flight.flying)
      context.drawImage(
        comment.bitmap,
        Math.round(x * devicePixelRatio),
        Math.round((TOP_PX + lane * this.#fontPx * LINE) * devicePixelRatio),
      )
    this.#canvas.dataset.flying = String(this.#flight.flying.length)
  }

  /** Letters with an outline cost much: they are drawn once, and the picture of them is moved. */
  #write(text: string, mine: boolean, staff: boolean): HTMLCanvasElement {
    const letters = [...text.replaceAll(/\s+/g, ' ').trim()]
    const shown = letters.length > MOST_LETTERS ? `${letters.slice(0, MOST_LETTERS).join('')}…` : letters.join('')
    const size = this.#fontPx
    const font = `600 ${size}px system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif`
    const bitmap = document.createElement('canvas')
    const context = bitmap.getContext('2d')!
    context.font = font
    const width = context.measureText(shown).width + PADDING_PX * 2
    const height = size * LINE
    Object.assign(bitmap, {
      width: Math.ceil(width * devicePixelRatio),
      height: Math.ceil(height * devicePixelRatio),
    })
    const styles = getComputedStyle(this.#canvas)
    context.scale(devicePixelRatio, devicePixelRatio)
    Object.assign(context, { font, textBaseline: 'middle', lineJoin: 'round', lineWidth: OUTLINE_PX })
    context.strokeStyle = styles.getPropertyValue('--stage')
    context.strokeText(shown, PADDING_PX, height / 2)
    context.fillStyle = styles.getPropertyValue(staff ? '--stage-accent' : '--on-stage')
    context.fillText(shown, PADDING_PX, height / 2)
    if (mine) {
      context.strokeStyle = styles.getPropertyValue('--on-stage')
      context.lineWidth = 1.5
      context.strokeRect(1, 1, width - 2, height - 2)
    }
    return bitmap
  }
}
