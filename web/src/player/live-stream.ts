/** Brings the broadcast of a class into a `<video>`: by hls.js, on Apple's own browsers by the browser itself. */
import type { ErrorData, FragLoadedData, Fragment, default as Hls, HlsConfig } from 'hls.js'
import { grantOf, regrant } from './grant.ts'
import { LevelKeeper } from './level-keeper.ts'
import { heightsOf, type Quality, type StreamEvents } from './stream.ts'

export type LiveOpening = {
  url: string
  /** The zero of the class's media time, in milliseconds since 1970. */
  startedAt: number
  partSeconds: number
  /** The media time to begin at; null for the live edge. */
  atMs: number | null
  /** Begins with the smallest picture, where the network is known to be weak. */
  weak: boolean
}

/** In media time of the class. */
export type LiveTime = { positionMs: number; fromMs: number; edgeMs: number }

export interface LiveStream {
  /** Null until it is known. */
  time(): LiveTime | null
  /** Keeps to the live edge, or lets the viewer be where they are. */
  follow(following: boolean): void
  seek(mediaMs: number): void
  toEdge(): void
  renew(url: string): void
  setQuality(quality: Quality): void
  close(): void
}

const APPLE = 'application/vnd.apple.mpegurl'
/** In parts, behind the edge: as near as the server lets players come. */
const HOLD_BACK_PARTS = 3
/** Further behind, and it jumps; nearer, it catches up by playing faster. */
const FURTHEST_SECONDS = 3
const FASTEST = 1.5
/** What was seen is thrown away after so long, and no more is fetched ahead. */
const BACK_BUFFER_SECONDS = 30
const AHEAD_SECONDS = 20
const MOST_BYTES = 30 * 1024 * 1024

/** Loads the player's code ahead of its use. */
export const loadLibrary = () => Promise.all([import('hls.js'), import('hls.js/dist/hls.worker.js?url')])

export async function openLive(
  video: HTMLVideoElement,
  opening: LiveOpening,
  events: StreamEvents,
): Promise<LiveStream> {
  // Chromium says that it plays HLS, too, and does so six seconds later.
  if (navigator.vendor.startsWith('Apple') && video.canPlayType(APPLE)) return openNative(video, opening, events)
  const [{ default: Library }, { default: workerPath }] = await loadLibrary()
  if (!Library.isSupported()) throw new Error('this browser plays no HLS')
  return openHls(Library, workerPath, video, opening, events)
}

const edgeSettings = (partSeconds: number): Partial<HlsConfig> => ({
  lowLatencyMode: true,
  liveSyncDuration: HOLD_BACK_PARTS * partSeconds,
  liveMaxLatencyDuration: FURTHEST_SECONDS,
  maxLiveSyncPlaybackRate: FASTEST,
  liveSyncOnStallIncrease: partSeconds,
  liveDurationInfinity: true,
})

const memorySettings: Partial<HlsConfig> = {
  backBufferLength: BACK_BUFFER_SECONDS,
  maxBufferLength: AHEAD_SECONDS,
  maxMaxBufferLength: AHEAD_SECONDS,
  maxBufferSize: MOST_BYTES,
}

/**
 * A segment of which only the first part was skipped, as happens to one join in ten, counts as whole for hls.js, and it
 * asks for no more sound until the next one is.
 */
const soundByParts = ({ DefaultConfig }: typeof Hls) =>
  class extends (DefaultConfig.audioStreamController!) {
    protected override isLoopLoading(fragment: Fragment, from: number): boolean {
      return !this.loadingParts && super.isLoopLoading(fragment, from)
    }
  }

function openHls(
  Library: typeof Hls,
  workerPath: string,
  video: HTMLVideoElement,
  { url, startedAt, partSeconds, atMs, weak }: LiveOpening,
  events: StreamEvents,
): LiveStream {
  const { Events, ErrorTypes } = Library
  let grant = grantOf(url)
  const hls = new Library({
    ...edgeSettings(partSeconds),
    ...memorySettings,
    audioStreamController: soundByParts(Library),
    capLevelToPlayerSize: true,
    testBandwidth: false,
    autoStartLoad: false,
    preferManagedMediaSource: true,
    workerPath,
    xhrSetup: (request, asked) => request.open('GET', regrant(asked, grant), true),
  })
  const details = () => hls.latestLevelDetails
  /** From the time of the playlist to media time, in milliseconds. */
  const offsetMs = () => {
    const dated = details()?.fragments.findLast(({ programDateTime }) => programDateTime !== null)
    return dated ? dated.programDateTime! - startedAt - dated.start * 1000 : null
  }
  const follow = (following: boolean) => {
    hls.config.liveMaxLatencyDuration = following ? FURTHEST_SECONDS : Number.POSITIVE_INFINITY
    hls.config.maxLiveSyncPlaybackRate = following ? FASTEST : 1
    if (!following) video.playbackRate = 1
  }
  const pictures = keepPicture(Library, hls, weak)
  hls.on(Events.MANIFEST_PARSED, (_event, { levels }) => {
    events.qualities(heightsOf(levels))
    pictures.begin()
    hls.startLoad()
  })
  hls.on(Events.LEVEL_SWITCHED, (_event, { level }) => events.quality(hls.levels[level]?.height ?? 0))
  hls.on(Events.ERROR, (_event, error: ErrorData) => {
    if (!error.fatal) return
    if (error.type === ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
    else events.failed(error.response?.code || undefined)
  })
  if (atMs !== null) {
    follow(false)
    hls.once(Events.LEVEL_LOADED, () => hls.startLoad(Math.max(0, (atMs - (offsetMs() ?? 0)) / 1000)))
  }
  hls.loadSource(url)
  hls.attachMedia(video)
  return {
    time() {
      const [known, offset] = [details(), offsetMs()]
      if (!known || offset === null) return null
      const ms = (seconds: number) => Math.round(seconds * 1000 + offset)
      return { positionMs: ms(video.currentTime), fromMs: ms(known.fragmentStart), edgeMs: ms(known.edge) }
    },
    follow,
    seek(mediaMs) {
      const offset = offsetMs()
      if (offset !== null) video.currentTime = Math.max(0, (mediaMs - offset) / 1000)
    },
    toEdge() {
      if (hls.liveSyncPosition !== null) video.currentTime = hls.liveSyncPosition
    },
    renew: (next) => {
      grant = grantOf(next)
    },
    setQuality: pictures.choose,
    close: () => {
      knownBitrate = hls.bandwidthEstimate || knownBitrate
      hls.destroy()
    },
  }
}

/** As much as the network carried when it was last seen. */
let knownBitrate = 0
const UNKNOWN_MEGABITS = 2
type Connection = { downlink?: number }

const assumedBitrate = () =>
  knownBitrate || ((navigator as { connection?: Connection }).connection?.downlink ?? UNKNOWN_MEGABITS) * 1e6

/** Has the keeper choose among the pictures that come with the same sound, unless the viewer has chosen. */
function keepPicture({ Events, ErrorDetails }: typeof Hls, hls: Hls, weak: boolean) {
  const keeper = new LevelKeeper(() => performance.now())
  let automatic = true
  /** Their places among all, lowest first. */
  const candidates = () => {
    const places = hls.levels.flatMap(({ codecSet }, place) => (codecSet === hls.levels[0]!.codecSet ? [place] : []))
    const allowed = places.filter((place) => place <= hls.maxAutoLevel)
    return allowed.length > 0 ? allowed : places.slice(0, 1)
  }
  const bitrateOf = (place: number) => hls.levels[place]!.bitrate
  const goOn = (choose: (place: number, bitrates: number[]) => number) => {
    if (!automatic) return
    const places = candidates()
    const now = Math.max(0, places.indexOf(hls.loadLevel))
    const next = places[choose(now, places.map(bitrateOf))]!
    if (next !== hls.loadLevel) hls.loadLevel = next
  }
  hls.on(Events.FRAG_LOADED, (_event, { frag, part }: FragLoadedData) => {
    if (frag.type !== 'main') return
    const { first, end } = (part ?? frag).stats.loading
    keeper.came((part ?? frag).duration, (end - first) / 1000)
    const details = hls.levels[frag.level]?.details
    const others = details?.partList?.filter(({ fragment }) => fragment.sn === frag.sn) ?? []
    const whole = !part || (Number(frag.sn) <= (details?.endSN ?? -1) && part.index === others.at(-1)?.index)
    if (whole) goOn((place, bitrates) => keeper.next(place, bitrates))
  })
  hls.on(Events.ERROR, (_event, { details }) => {
    if (details === ErrorDetails.BUFFER_STALLED_ERROR) goOn((place, bitrates) => keeper.stalled(place, bitrates))
  })
  return {
    /** The pictures are known. */
    begin(): void {
      const places = candidates()
      hls.loadLevel = places[weak ? 0 : LevelKeeper.first(places.map(bitrateOf), assumedBitrate())]!
    },
    choose(quality: Quality): void {
      automatic = quality === 'auto'
      if (!automatic) hls.nextLevel = hls.levels.findIndex(({ height }) => height === quality)
    },
  }
}

type AppleVideo = HTMLVideoElement & { getStartDate?: () => Date }

function openNative(video: AppleVideo, { url, startedAt, atMs }: LiveOpening, events: StreamEvents): LiveStream {
  const offsetMs = () => {
    const startDate = video.getStartDate?.().getTime() ?? Number.NaN
    return Number.isNaN(startDate) ? null : startDate - startedAt
  }
  const seek = (mediaMs: number) => {
    const offset = offsetMs()
    if (offset !== null) video.currentTime = (mediaMs - offset) / 1000
  }
  const range = () =>
    video.seekable.length > 0 ? { from: video.seekable.start(0), edge: video.seekable.end(0) } : null
  const fail = () => events.failed(undefined)
  const begin = () => atMs !== null && seek(atMs)
  const sized = () => events.quality(video.videoHeight)
  video.addEventListener('error', fail)
  video.addEventListener('loadedmetadata', begin, { once: true })
  video.addEventListener('resize', sized)
  video.src = url
  return {
    time() {
      const [known, offset] = [range(), offsetMs()]
      if (!known || offset === null) return null
      const ms = (seconds: number) => Math.round(seconds * 1000 + offset)
      return { positionMs: ms(video.currentTime), fromMs: ms(known.from), edgeMs: ms(known.edge) }
    },
    // The browser keeps its distance by itself; a viewer who went back stays.
    follow() {},
    seek,
    toEdge() {
      const known = range()
      if (known) video.currentTime = known.edge
    },
    // The browser fetches by itself: a new address is taken when the old one is refused.
    renew() {},
    setQuality() {},
    close() {
      video.removeEventListener('error', fail)
      video.removeEventListener('loadedmetadata', begin)
      video.removeEventListener('resize', sized)
      video.removeAttribute('src')
      video.load()
    },
  }
}
