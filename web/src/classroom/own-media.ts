/** What one sends of oneself: devices in front, producers behind, and the switches between them. */
import { Store } from '../store.ts'
import { askForScreen, Capture, type InputKind } from './capture.ts'
import type { Publishing } from './publishing.ts'

export type OwnView = {
  /** What the devices give goes to the server. */
  onAir: boolean
  microphoneMuted: boolean
  screen: MediaStreamTrack | null
  screenHasSound: boolean
}

export class OwnMedia {
  readonly capture: Capture
  readonly view = new Store<OwnView>({ onAir: false, microphoneMuted: false, screen: null, screenHasSound: false })
  readonly #publishing: Publishing
  #screen: MediaStream | null = null

  constructor(publishing: Publishing, cameraHeight: number) {
    this.#publishing = publishing
    this.capture = new Capture(cameraHeight)
    this.capture.onTrack = (kind, track) => this.#trackChanged(kind, track)
  }

  /** Sends what the devices give, from now on. */
  async goOnAir(): Promise<void> {
    this.view.patch({ onAir: true })
    const { camera, microphone } = this.capture.view.get()
    await Promise.all([this.#trackChanged('camera', camera.track), this.#trackChanged('microphone', microphone.track)])
  }

  /** Stops sending, and lets go of the devices. */
  goOffAir(): void {
    this.stopScreen()
    this.capture.stop('camera')
    this.capture.stop('microphone')
    this.view.patch({ onAir: false, microphoneMuted: false })
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
    this.view.patch({ onAir: false })
    this.stopScreen()
    this.capture.close()
  }

  async #trackChanged(kind: InputKind, track: MediaStreamTrack | null): Promise<void> {
    if (!this.view.get().onAir) return
    const muted = kind === 'microphone' && this.view.get().microphoneMuted
    const change = track ? this.#publishing.publish(kind, track, muted) : this.#publishing.unpublish(kind)
    await change.catch(() => {})
  }
}
