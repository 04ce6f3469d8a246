/** Brings a playlist into a `<video>`: by hls.js where the browser lets it, else by the browser itself (Apple). */
import type { ErrorData, default as Hls, HlsConfig, Level } from 'hls.js'
import type { PlayAnswer } from '../../../src/playback/schema.ts'
import { grantOf, regrant } from './grant.ts'

export type Quality = 'auto' | number

export type StreamEvents = {
  /** Heights to choose from, the smallest first; none where the browser chooses by itself. */
  qualities(heights: number[]): void
  /** The height that is on the way to the screen. */
  quality(height: number): void
  /** It cannot go on; `status` is what the server answered, undefined where it did not. */
  failed(status: number | undefined): void
}

export interface Stream {
  /** What is fetched from now on is fetched from here. */
  renew(url: string): void
  setQuality(quality: Quality): void
  close(): void
}

const APPLE = 'application/vnd.apple.mpegurl'
const BACK_BUFFER_SECONDS = 60
const AHEAD_SECONDS = 30

export async function openStream(
  video: HTMLVideoElement,
  { url, positionMs, kind }: Pick<PlayAnswer, 'url' | 'positionMs' | 'kind'>,
  events: StreamEvents,
): Promise<Stream> {
  const [{ default: Library }, { default: workerPath }] = await Promise.all([
    // The light one has no renditions of the sound, which a class has.
    kind === 'replay' ? import('hls.js') : import('hls.js/light'),
    import('hls.js/dist/hls.worker.js?url'),
  ])
  if (Library.isSupported()) return openHls(Library, { video, url, positionMs, workerPath }, events)
  if (!video.canPlayType(APPLE)) throw new Error('this browser plays no HLS')
  return openNative(video, url, positionMs, events)
}

type Opening = { video: HTMLVideoElement; url: string; positionMs: number; workerPath: string }

function openHls(Library: typeof Hls, { video, url, positionMs, workerPath }: Opening, events: StreamEvents): Stream {
  let grant = grantOf(url)
  const config: Partial<HlsConfig> = {
    startPosition: positionMs / 1000,
    backBufferLength: BACK_BUFFER_SECONDS,
    maxBufferLength: AHEAD_SECONDS,
    capLevelToPlayerSize: true,
    preferManagedMediaSource: true,
    workerPath,
    xhrSetup: (request, asked) => request.open('GET', regrant(asked, grant), true),
  }
  const hls = new Library(config)
  const { Events, ErrorTypes } = Library
  hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => events.qualities(heightsOf(levels)))
  hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => events.quality(hls.levels[level]?.height ?? 0))
  hls.on(Events.ERROR, (_event, error: ErrorData) => {
    if (!error.fatal) return
    if (error.type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
    else events.failed(error.response?.code || undefined)
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    renew: (next) => {
      grant = grantOf(next)
    },
    setQuality: (quality) => {
      hls.nextLevel = quality === 'auto' ? -1 : hls.levels.findIndex(({ height }) => height === quality)
    },
    close: () => hls.destroy(),
  }
}

export const heightsOf = (levels: readonly Level[]) =>
  [...new Set(levels.map(({ height }) => height))].sort((a, b) => a - b)

function openNative(video: HTMLVideoElement, url: string, positionMs: number, events: StreamEvents): Stream {
  const fail = () => events.failed(undefined)
  const seek = () => {
    video.currentTime = positionMs / 1000
  }
  video.addEventListener('error', fail)
  video.addEventListener('loadedmetadata', seek, { once: true })
  video.src = url
  return {
    // The browser fetches by itself: a new address is taken when the old one is refused.
    renew: () => {},
    setQuality: () => {},
    close: () => {
      video.removeEventListener('error', fail)
      video.removeEventListener('loadedmetadata', seek)
      video.removeAttribute('src')
      video.load()
    },
  }
}
