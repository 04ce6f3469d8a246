/** The devices in front of a person: asked for, switched, lost and found again. */
import { Store } from '../store.ts'

export type InputKind = 'camera' | 'microphone'
/** Why a device gives nothing: refused, not there, used by another program, a page without https, or unknown. */
export type DeviceProblem = 'denied' | 'missing' | 'busy' | 'insecure' | 'failed'
export type Input = {
  track: MediaStreamTrack | null
  deviceId: string | null
  opening: boolean
  problem: DeviceProblem | null
}
export type CaptureView = {
  camera: Input
  microphone: Input
  cameras: readonly MediaDeviceInfo[]
  microphones: readonly MediaDeviceInfo[]
}

const noInput: Input = { track: null, deviceId: null, opening: false, problem: null }

const constraintsFor = (kind: InputKind, cameraHeight: number): MediaTrackConstraints =>
  kind === 'microphone'
    ? { echoCancellation: true, noiseSuppression: true, autoGainControl: true }
    : {
        width: { ideal: Math.round((cameraHeight * 16) / 9) },
        height: { ideal: cameraHeight },
        frameRate: { ideal: 30, max: 30 },
      }

const problems: Record<string, DeviceProblem> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
}

export const problemOf = (error: unknown): DeviceProblem => problems[(error as Error)?.name ?? ''] ?? 'failed'

const storageKey = (kind: InputKind) => `device.${kind}`

export class Capture {
  readonly view = new Store<CaptureView>({ camera: noInput, microphone: noInput, cameras: [], microphones: [] })
  /** Told when a track comes, changes or goes. */
  onTrack: (kind: InputKind, track: MediaStreamTrack | null) => void = () => {}
  #turns = { camera: 0, microphone: 0 }
  readonly #listDevices = () => void this.#list()

  readonly #cameraHeight: number

  /** Asks the camera for pictures of about this height. */
  constructor(cameraHeight: number) {
    this.#cameraHeight = cameraHeight
    navigator.mediaDevices?.addEventListener('devicechange', this.#listDevices)
  }

  /** Opens the device of this kind: the given one, or the last one used, or the system's choice. */
  async open(kind: InputKind, deviceId = localStorage.getItem(storageKey(kind))): Promise<MediaStreamTrack | null> {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#set(kind, { ...noInput, problem: 'insecure' })
      return null
    }
    this.#turns[kind] += 1
    const turn = this.#turns[kind]
    this.#set(kind, { opening: true })
    try {
      const track = await ask(kind, { ...constraintsFor(kind, this.#cameraHeight), ...(deviceId && { deviceId }) })
      if (turn !== this.#turns[kind]) {
        track.stop()
        return null
      }
      this.#take(kind, track)
      void this.#list()
      return track
    } catch (error) {
      if (turn === this.#turns[kind]) this.#set(kind, { ...noInput, problem: problemOf(error) })
      return null
    }
  }

  /** Switches to another device, and remembers it. */
  async choose(kind: InputKind, deviceId: string): Promise<void> {
    localStorage.setItem(storageKey(kind), deviceId)
    await this.open(kind, deviceId)
  }

  stop(kind: InputKind): void {
    this.#turns[kind] += 1
    const { track } = this.view.get()[kind]
    track?.stop()
    this.#set(kind, noInput)
    if (track) this.onTrack(kind, null)
  }

  close(): void {
    navigator.mediaDevices?.removeEventListener('devicechange', this.#listDevices)
    this.stop('camera')
    this.stop('microphone')
  }

  #take(kind: InputKind, track: MediaStreamTrack) {
    const earlier = this.view.get()[kind].track
    track.contentHint = kind === 'camera' ? 'motion' : 'speech'
    track.addEventListener('ended', () => void this.#lost(kind, track))
    this.#set(kind, { track, deviceId: track.getSettings().deviceId ?? null, opening: false, problem: null })
    this.onTrack(kind, track)
    earlier?.stop()
  }

  /** Unplugged: another device takes over where there is one. */
  async #lost(kind: InputKind, track: MediaStreamTrack) {
    if (this.view.get()[kind].track !== track) return
    if (await this.open(kind, null)) return
    this.onTrack(kind, null)
  }

  async #list() {
    const devices = await navigator.mediaDevices.enumerateDevices()
    this.view.patch({
      cameras: devices.filter(({ kind }) => kind === 'videoinput'),
      microphones: devices.filter(({ kind }) => kind === 'audioinput'),
    })
  }

  #set(kind: InputKind, change: Partial<Input>) {
    this.view.patch({ [kind]: { ...this.view.get()[kind], ...change } })
  }
}

async function ask(kind: InputKind, constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const asked = kind === 'camera' ? { video: constraints } : { audio: constraints }
  const stream = await navigator.mediaDevices.getUserMedia(asked)
  return stream.getTracks()[0]!
}

/** Asks for a screen, with its sound where the browser gives it; null where the person changed their mind. */
export async function askForScreen(): Promise<MediaStream | null> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    })
    for (const track of stream.getVideoTracks()) track.contentHint = 'detail'
    return stream
  } catch (error) {
    if (problemOf(error) === 'denied') return null
    throw error
  }
}
