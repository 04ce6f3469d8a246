/** The current picture of the class for its card on the first page: a small still, every so often, while the class is live. */
import type { Log } from './log.ts'

export const FRAME_EVERY_MS = 20_000
/** A camera needs a moment for its first good picture. */
const FIRST_AFTER_MS = 1500
const PICTURE_WITHIN_MS = 5000
/** The server takes no more. */
const LARGEST = { width: 320, height: 180, bytes: 30 * 1024 }
const QUALITIES = [0.8, 0.6, 0.4, 0.2]

type Options = {
  /** What is shown now; null where there is only sound. */
  picture: () => MediaStreamTrack | null
  send: (jpeg: Blob) => Promise<void>
  remove: () => Promise<void>
  log: Log
  take?: (track: MediaStreamTrack) => Promise<Blob | null>
  times?: { firstAfterMs: number; everyMs: number }
}

export class LiveFrame {
  readonly #options: Options
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn: Promise<void> = Promise.resolve()
  #stopped = false
  #shown = false

  constructor(options: Options) {
    this.#options = options
    this.#next(options.times?.firstAfterMs ?? FIRST_AFTER_MS)
  }

  /** Takes the picture away, after one that is on its way. */
  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#inTurn(() => this.#remove())
  }

  #next(ms: number) {
    this.#timer = setTimeout(() => {
      this.#inTurn(() => this.#renew())
      this.#next(this.#options.times?.everyMs ?? FRAME_EVERY_MS)
    }, ms)
  }

  async #renew() {
    const { picture, send, take = takeFrame } = this.#options
    const track = picture()
    const jpeg = track && (await take(track))
    if (this.#stopped) return
    if (!jpeg) return this.#remove()
    await send(jpeg)
    this.#shown = true
  }

  async #remove() {
    if (!this.#shown) return
    await this.#options.remove()
    this.#shown = false
  }

  #inTurn(step: () => Promise<void>) {
    this.#turn = this.#turn
      .then(step)
      .catch((error) => this.#options.log.debug('no picture for the card', { error: String(error) }))
  }
}

/** A still of this track that fits the card; null where no picture comes. */
async function takeFrame(track: MediaStreamTrack): Promise<Blob | null> {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true })
  video.srcObject = new MediaStream([track])
  try {
    await Promise.race([playing(video), new Promise((resolve) => setTimeout(resolve, PICTURE_WITHIN_MS))])
    const { videoWidth, videoHeight, readyState } = video
    if (!videoWidth || !videoHeight || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null
    const scale = Math.min(1, LARGEST.width / videoWidth, LARGEST.height / videoHeight)
    const size = { width: Math.round(videoWidth * scale), height: Math.round(videoHeight * scale) }
    const canvas = Object.assign(document.createElement('canvas'), size)
    const context = canvas.getContext('2d')!
    context.imageSmoothingQuality = 'high'
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    return await encode(canvas)
  } finally {
    video.srcObject = null
  }
}

async function playing(video: HTMLVideoElement) {
  const loaded = new Promise((resolve) => video.addEventListener('loadeddata', resolve, { once: true }))
  await Promise.all([video.play(), loaded])
}

async function encode(canvas: HTMLCanvasElement): Promise<Blob | null> {
  for (const quality of QUALITIES) {
    const jpeg = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (jpeg?.type === 'image/jpeg' && jpeg.size <= LARGEST.bytes) return jpeg
  }
  return null
}
