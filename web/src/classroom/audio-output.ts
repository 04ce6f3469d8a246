/** Which speaker a room is heard from, where the browser lets one choose; remembered on this device. */
import { Store } from '../store.ts'

export type OutputDevice = Pick<MediaDeviceInfo, 'deviceId' | 'label'>

export type OutputView = {
  /** The system's own choice is not among them. */
  devices: readonly OutputDevice[]
  /** Empty for the system's own choice, and while the chosen one is not there. */
  deviceId: string
  /** The browser names speakers only to those it lets listen: `reveal` asks. */
  hidden: boolean
}

const KEY = 'device.speaker'
/** Chromium's names for whatever the system chooses. */
const SYSTEM = new Set(['', 'default', 'communications'])

/** Firefox has a chooser of its own; the types of the DOM do not know it yet. */
type Devices = MediaDevices & { selectAudioOutput?: () => Promise<MediaDeviceInfo> }

const devices = (): Devices | undefined => navigator.mediaDevices

const canDirect = () => typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype

/** The id of the speaker that was chosen last; empty for the system's own choice. */
export const rememberedOutput = () => localStorage.getItem(KEY) ?? ''

export class AudioOutput {
  readonly supported = canDirect() && devices() !== undefined
  readonly view = new Store<OutputView>({ devices: [], deviceId: '', hidden: true })
  readonly #elements = new Set<HTMLMediaElement>()
  readonly #noticeDevices = () => void this.list()

  constructor() {
    if (!this.supported) return
    devices()!.addEventListener('devicechange', this.#noticeDevices)
    void this.list()
  }

  /** Has this element play through the chosen speaker, now and after every change. */
  add(element: HTMLMediaElement): void {
    this.#elements.add(element)
    if (this.supported) void this.#direct(element)
  }

  remove(element: HTMLMediaElement): void {
    this.#elements.delete(element)
  }

  choose(deviceId: string): void {
    localStorage.setItem(KEY, deviceId)
    this.#settle()
  }

  /** Looks again which speakers there are: names appear once a microphone was allowed. */
  async list(): Promise<void> {
    const found =
      (await devices()
        ?.enumerateDevices()
        .catch(() => [])) ?? []
    const outputs = found.filter(({ kind, deviceId }) => kind === 'audiooutput' && !SYSTEM.has(deviceId))
    const hidden = !found.some(({ kind, label }) => kind !== 'videoinput' && label)
    this.view.patch({ devices: outputs.map(({ deviceId, label }) => ({ deviceId, label })), hidden })
    this.#settle()
  }

  /** Has the browser name the speakers. Fails where the person does not want that. */
  async reveal(): Promise<void> {
    const media = devices()!
    if (media.selectAudioOutput) {
      const { deviceId } = await media.selectAudioOutput()
      localStorage.setItem(KEY, deviceId)
    } else {
      const stream = await media.getUserMedia({ audio: true })
      for (const track of stream.getTracks()) track.stop()
    }
    await this.list()
  }

  close(): void {
    devices()?.removeEventListener('devicechange', this.#noticeDevices)
    this.#elements.clear()
  }

  /** A speaker that was pulled out is still the chosen one when it comes back. */
  #settle() {
    const wanted = rememberedOutput()
    const there = this.view.get().devices.some(({ deviceId }) => deviceId === wanted)
    const deviceId = there ? wanted : ''
    if (deviceId === this.view.get().deviceId) return
    this.view.patch({ deviceId })
    for (const element of this.#elements) void this.#direct(element)
  }

  async #direct(element: HTMLMediaElement) {
    const { deviceId } = this.view.get()
    if (element.sinkId === deviceId) return
    // Refused or gone: it goes on where it is, and `list` hears of what is gone.
    await element.setSinkId(deviceId).catch(() => {})
  }
}
