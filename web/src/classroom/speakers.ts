/** All sound of a room: one element per voice, one volume, and a way on when the browser refuses to play unasked. */
import { Store } from '../store.ts'
import { AudioOutput } from './audio-output.ts'

export type SoundView = {
  /** 0 to 1. */
  volume: number
  muted: boolean
  /** The browser waits for a tap. */
  blocked: boolean
}

const KEY = 'sound'

function remembered(): SoundView {
  try {
    const { volume, muted } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    if (volume >= 0 && volume <= 1) return { volume, muted: muted === true, blocked: false }
  } catch {}
  return { volume: 0.8, muted: false, blocked: false }
}

export class Speakers {
  readonly view = new Store<SoundView>(remembered())
  readonly output = new AudioOutput()
  readonly #voices = new Map<string, HTMLAudioElement>()

  add(id: string, peerId: string, track: MediaStreamTrack): void {
    this.remove(id)
    const voice = document.createElement('audio')
    voice.autoplay = true
    voice.srcObject = new MediaStream([track])
    voice.dataset.testid = `audio-${peerId}`
    voice.hidden = true
    this.#voices.set(id, voice)
    this.#apply(voice)
    document.body.append(voice)
    this.output.add(voice)
    void this.#play(voice)
  }

  remove(id: string): void {
    const voice = this.#voices.get(id)
    if (!voice) return
    this.output.remove(voice)
    voice.srcObject = null
    voice.remove()
    this.#voices.delete(id)
  }

  setVolume(volume: number): void {
    this.#change({ volume, muted: volume === 0 })
  }

  setMuted(muted: boolean): void {
    const { volume } = this.view.get()
    this.#change({ muted, volume: !muted && volume === 0 ? 0.5 : volume })
  }

  /** Called from a tap: a browser plays now what it refused before. */
  unlock(): void {
    this.view.patch({ blocked: false })
    for (const voice of this.#voices.values()) void this.#play(voice)
  }

  readonly #noticeGesture = () => {
    if (this.view.get().blocked) this.unlock()
  }

  close(): void {
    document.removeEventListener('pointerup', this.#noticeGesture)
    document.removeEventListener('keyup', this.#noticeGesture)
    for (const id of [...this.#voices.keys()]) this.remove(id)
    this.output.close()
  }

  #change(change: Partial<SoundView>) {
    this.view.patch(change)
    for (const voice of this.#voices.values()) this.#apply(voice)
    const { volume, muted } = this.view.get()
    try {
      localStorage.setItem(KEY, JSON.stringify({ volume, muted }))
    } catch {}
  }

  #apply(voice: HTMLAudioElement) {
    const { volume, muted } = this.view.get()
    voice.volume = volume
    voice.muted = muted
  }

  async #play(voice: HTMLAudioElement) {
    try {
      await voice.play()
    } catch (error) {
      if ((error as DOMException).name !== 'NotAllowedError') return
      this.view.patch({ blocked: true })
      // Any touch of the page is the gesture that the browser waits for.
      document.addEventListener('pointerup', this.#noticeGesture, { once: true })
      document.addEventListener('keyup', this.#noticeGesture, { once: true })
    }
  }
}
