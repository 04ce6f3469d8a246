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
  /** Sounds in place of the voices. */
  #film: HTMLMediaElement | null = null
  #hushed = false

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

  /** The class is heard from this element, whose sound it has itself, and the voices are silent; null: from the voices. */
  hearFrom(film: HTMLMediaElement | null): void {
    if (film === this.#film) return
    if (this.#film) {
      this.#film.muted = true
      this.output.remove(this.#film)
    }
    this.#film = film
    for (const voice of this.#voices.values()) this.#apply(voice)
    if (!film) return
    this.output.add(film)
    this.#sound(film)
  }

  /** Silent for as long as it is said, whatever the viewer chose. */
  hush(hushed: boolean): void {
    this.#hushed = hushed
    this.#change({})
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
    if (this.#film) this.#sound(this.#film)
  }

  readonly #noticeGesture = () => {
    if (this.view.get().blocked) this.unlock()
  }

  close(): void {
    document.removeEventListener('pointerup', this.#noticeGesture)
    document.removeEventListener('keyup', this.#noticeGesture)
    for (const id of [...this.#voices.keys()]) this.remove(id)
    this.hearFrom(null)
    this.output.close()
  }

  #change(change: Partial<SoundView>) {
    this.view.patch(change)
    for (const voice of this.#voices.values()) this.#apply(voice)
    if (this.#film) this.#apply(this.#film)
    const { volume, muted } = this.view.get()
    try {
      localStorage.setItem(KEY, JSON.stringify({ volume, muted }))
    } catch {}
  }

  #apply(element: HTMLMediaElement) {
    const { volume, muted, blocked } = this.view.get()
    const isFilm = element === this.#film
    element.volume = volume
    element.muted = muted || this.#hushed || (isFilm ? blocked : this.#film !== null)
  }

  /** A browser that plays no sound unasked stops a picture that gets one. */
  #sound(film: HTMLMediaElement) {
    const playing = !film.paused
    this.#apply(film)
    if (playing) void this.#play(film)
  }

  async #play(element: HTMLMediaElement) {
    try {
      await element.play()
    } catch (error) {
      if ((error as DOMException).name !== 'NotAllowedError') return
      if (element === this.#film) {
        element.muted = true
        void element.play().catch(() => {})
      }
      this.view.patch({ blocked: true })
      // Any touch of the page is the gesture that the browser waits for.
      document.addEventListener('pointerup', this.#noticeGesture, { once: true })
      document.addEventListener('keyup', this.#noticeGesture, { once: true })
    }
  }
}
