/** The one `<video>` of a class, whatever feeds it: while that changes, its last picture stays until the next one moves. */

/** A class that goes on without a picture has none to wait for. */
const PATIENCE_MS = 5000

export class Screen {
  #video: HTMLVideoElement | null = null
  #canvas: HTMLCanvasElement | null = null
  #track: MediaStreamTrack | null = null
  #thawing: ReturnType<typeof setTimeout> | undefined
  #frame = 0

  get video(): HTMLVideoElement | null {
    return this.#video
  }

  /** `canvas` lies over the video, and is hidden unless it holds the last picture. */
  attach(video: HTMLVideoElement, canvas: HTMLCanvasElement): void {
    this.#video = video
    this.#canvas = canvas
    video.muted = true
    canvas.hidden = true
  }

  detach(): void {
    clearTimeout(this.#thawing)
    if (this.#video) this.#video.srcObject = null
    this.#track = null
    this.#video = null
    this.#canvas = null
  }

  /** Shows this track; null leaves the element to others. */
  show(track: MediaStreamTrack | null): void {
    if (track === this.#track || !this.#video) return
    if (this.#track) this.freeze()
    this.#track = track
    this.#video.srcObject = track && new MediaStream([track])
    if (track) this.#video.play().catch(() => {})
  }

  /** Keeps what is shown now over the video, until it is frozen again or something new is shown. */
  hold(): void {
    const [video, canvas] = [this.#video, this.#canvas]
    if (!video?.videoWidth || !canvas || video.readyState < video.HAVE_CURRENT_DATA) return
    canvas.width = video.videoWidth
    canvas.height = video.videoHeight
    canvas.getContext('2d')?.drawImage(video, 0, 0)
    canvas.hidden = false
  }

  /** Keeps what is shown now over the video, until something new is. */
  freeze(): void {
    this.hold()
    const video = this.#video
    if (!video || this.#canvas?.hidden) return
    clearTimeout(this.#thawing)
    this.#thawing = setTimeout(this.#thaw, PATIENCE_MS)
    video.cancelVideoFrameCallback?.(this.#frame)
    if (video.requestVideoFrameCallback) this.#frame = video.requestVideoFrameCallback(this.#thaw)
    else video.addEventListener('playing', this.#thaw, { once: true })
  }

  readonly #thaw = (): void => {
    clearTimeout(this.#thawing)
    if (this.#canvas) this.#canvas.hidden = true
  }
}
