/** What one sends of oneself: devices in front, producers behind, and the switches between them. */
import { Store } from '../store.ts'
import { askForScreen, Capture, type InputKind } from './capture.ts'
import type { Publishing } from './publishing.ts'

export type OwnView = {
  /** What the devices give goes to the server. */
  onAir: boolean
  /** What they give is connected to the server ahead, and nobody sees or hears it. */
  standingBy: boolean
  /** The person wants to be seen and heard as soon as they have the floor. */
  ready: boolean
  microphoneMuted: boolean
  screen: MediaStreamTrack | null
  screenHasSound: boolean
}

export class OwnMedia {
  readonly capture: Capture
  readonly view = new Store<OwnView>({
    onAir: false,
    standingBy: false,
    ready: false,
    microphoneMuted: false,
    screen: null,
    screenHasSound: false,
  })
  readonly #publishing: Publishing
  #screen: MediaStream | null = null

  constructor(publishing: Publishing, cameraHeight: number) {
    this.#publishing = publishing
    this.capture = new Capture(cameraHeight)
    this.capture.onTrack = (kind, track) => this.#trackChanged(kind, track)
  }

  /** Connects what the devices give, unseen and unheard until `goOnAir`. */
  async standBy(): Promise<void> {
    if (this.view.get().onAir) return
    this.view.patch({ standingBy: true })
    await this.#sendDevices()
  }

  /** To be on air as soon as one has the floor. */
  async setReady(): Promise<void> {
    this.view.patch({ ready: true })
    await Promise.all([this.#publishing.allow('microphone'), this.#publishing.allow('camera')])
  }

  /** Sends what the devices give, from now on. */
  async goOnAir(): Promise<void> {
    const { standingBy, microphoneMuted } = this.view.get()
    this.view.patch({ onAir: true, standingBy: false, ready: false })
    await this.#sendDevices()
    if (!standingBy) return
    await Promise.all([
      this.#publishing.setPaused('microphone', microphoneMuted),
      this.#publishing.setPaused('camera', false),
    ])
  }

  /** Stops sending, and lets go of the devices. */
  goOffAir(): void {
    this.stopScreen()
    this.capture.stop('camera')
    this.capture.stop('microphone')
    this.view.patch({ onAir: false, standingBy: false, ready: false, microphoneMuted: false })
  }

  async setMicrophoneMuted(microphoneMuted: boolean): Promise<void> {
    this.view.patch({ microphoneMuted })
    await this.#publishing.setPaused('microphone', microphoneMuted)
  }

  async shareScreen(): Promise<void> {
    const stream = await askForScreen()
    if (!stream) return
    this.stopScreen()
    this.#screen = stream
    const [picture] = stream.getVideoTracks()
    const [sound] = stream.getAudioTracks()
    picture!.addEventListener('ended', () => this.#screen === stream && this.stopScreen())
    this.view.patch({ screen: picture!, screenHasSound: sound !== undefined })
    await this.#publishing.publish('screen', picture!)
    if (sound) await this.#publishing.publish('screenAudio', sound)
  }

  stopScreen(): void {
    if (!this.#screen) return
    for (const track of this.#screen.getTracks()) track.stop()
    this.#screen = null
    this.view.patch({ screen: null, screenHasSound: false })
    this.#publishing.unpublish('screen').catch(() => {})
    this.#publishing.unpublish('screenAudio').catch(() => {})
  }

  close(): void {
    this.view.patch({ onAir: false, standingBy: false })
    this.stopScreen()
    this.capture.close()
  }

  async #sendDevices(): Promise<void> {
    const { camera, microphone } = this.capture.view.get()
    await Promise.all([this.#trackChanged('camera', camera.track), this.#trackChanged('microphone', microphone.track)])
  }

  async #trackChanged(kind: InputKind, track: MediaStreamTrack | null): Promise<void> {
    const { onAir, standingBy, microphoneMuted } = this.view.get()
    if (!onAir && !standingBy) return
    const paused = standingBy || (kind === 'microphone' && microphoneMuted)
    const change = track ? this.#publishing.publish(kind, track, paused) : this.#publishing.unpublish(kind)
    await change.catch(() => {})
  }
}
