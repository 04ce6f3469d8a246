/** Opens the broadcasts of classes: from their beginning, or from where an earlier process left off. */
import type { Log } from '../log.ts'
import { Broadcast } from './broadcast.ts'
import { defaultHlsOptions, type HlsOptions, noRecorder, type Recorder, type SegmentStore } from './ports.ts'
import { BroadcastSource } from './source.ts'

const TICK_MS = 20

export type BroadcastsDeps = {
  segmentStore: SegmentStore
  log: Log
  recorder?: Recorder
  /** What this class is to be like. */
  optionsFor?: (lessonId: string) => Promise<Partial<HlsOptions>>
}

export type Broadcasts = {
  open(lessonId: string, startedAt: number): Promise<BroadcastSource>
  /** Leaves all that run to be gone on with; resolves when everything is stored. */
  close(): Promise<void>
}

export function openBroadcasts({
  segmentStore,
  log,
  recorder = noRecorder,
  optionsFor = async () => ({}),
}: BroadcastsDeps): Broadcasts {
  const open = new Set<BroadcastSource>()
  // One clock for all: each of its own would wake the process as often again.
  let ticking: NodeJS.Timeout | undefined
  const tick = () => {
    for (const source of open) source.tick()
  }
  const closed = (source: BroadcastSource) => {
    open.delete(source)
    if (open.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
  return {
    async open(lessonId, startedAt) {
      const orElse =
        <T>(fallback: T) =>
        (error: unknown) => {
          log.error({ err: error, lessonId }, 'what was known of a broadcast could not be read')
          return fallback
        }
      const left = await recorder.resume(lessonId, startedAt).catch(orElse(undefined))
      const options = { ...defaultHlsOptions, ...(await optionsFor(lessonId).catch(orElse({}))) }
      const { nextMsn = 0, nextInit = {} } = left ?? {}
      const broadcast = new Broadcast({ segmentStore, recorder, log, lessonId, startedAt, options, nextInit })
      const source = new BroadcastSource(broadcast, nextMsn, log, () => closed(source))
      open.add(source)
      ticking ??= setInterval(tick, TICK_MS)
      return source
    },

    async close() {
      await Promise.all([...open].map((source) => source.close(false)))
    },
  }
}
