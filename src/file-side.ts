/** Files, uploads, videos and their playback, put together with the storage that the settings name. */
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Settings } from '../config/settings.ts'
import type { Db } from '../db/client.ts'
import type { Bus } from '../signaling/ports.ts'
import { createLocalFileStorage } from './adapters/local-file-storage.ts'
import { createS3FileStorage } from './adapters/s3-file-storage.ts'
import type { Entitlements } from './entitlements/service.ts'
import { createFiles } from './files/service.ts'
import { sweepUnshownPictures } from './files/unshown-pictures.ts'
import { createUploads } from './files/uploads.ts'
import { createVideos } from './files/videos.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { LiveClasses } from './playback/live.ts'
import { createReplayFiles } from './playback/replay-files.ts'
import { createPlayback } from './playback/service.ts'
import { createSpace } from './playback/space.ts'
import type { Users } from './users/service.ts'

const SWEEP_EVERY_MS = 60_000
const DAY_MS = 24 * 60 * 60 * 1000
const GB = 1e9

export type FileSideDeps = {
  settings: Settings
  db: Db
  bus: Bus
  jobs: Jobs
  secret: Uint8Array
  now: () => number
  log: Logger
  users: Users
  entitlements: Entitlements
  classes: LiveClasses
  /** Closes a thing with the server. */
  own: <T>(thing: T, close: (thing: T) => Promise<unknown> | unknown) => T
}

export async function openFileSide({ settings, users, entitlements, classes, secret, own, ...shared }: FileSideDeps) {
  const { dataDir, storage: place, videoMaxMb, broadcastLimitGb, broadcastKeepFreeGb, replayKeepDays } = settings
  const storage = own(
    place.kind === 'disk' ? createLocalFileStorage(place.folder) : createS3FileStorage(place),
    (each) => each.close(),
  )
  const deps = { ...shared, storage }
  const files = own(
    createFiles({
      ...deps,
      secret,
      userOf: users.userOf,
      mayDownload: (viewer, fileId) => entitlements.mayI(viewer, 'download', { fileId }),
    }),
    (each) => each.close(),
  )
  const uploads = own(
    createUploads({ ...deps, folder: resolve(dataDir, 'uploads'), videoMaxBytes: videoMaxMb * 1024 ** 2 }),
    (each) => each.close(),
  )
  const threads = Math.max(1, Math.floor(availableParallelism() / 2))
  const videos = own(createVideos({ ...deps, files, folder: resolve(dataDir, 'work'), threads }), (each) =>
    each.close(),
  )
  await videos.work()
  const playback = own(
    createPlayback({
      ...deps,
      secret,
      entitlements,
      files,
      classes,
      watermarkOf: users.watermarkOf,
      ...(settings.mediaUrl && { mediaOrigin: settings.mediaUrl }),
    }),
    (each) => each.close(),
  )
  const replayFiles = own(
    createReplayFiles({
      ...deps,
      secret,
      userOf: users.userOf,
      recordings: playback.recordings,
      editing: playback.replayEditing,
      folder: resolve(dataDir, 'replay-work'),
    }),
    (each) => each.close(),
  )
  await replayFiles.work(shared.jobs)
  const space = createSpace({
    ...deps,
    limitBytes: broadcastLimitGb === undefined ? null : broadcastLimitGb * GB,
    keepFreeBytes: broadcastKeepFreeGb * GB,
    keepMs: replayKeepDays === 'always' ? null : replayKeepDays * DAY_MS,
  })
  await space.work(shared.jobs)
  await sweepUnshownPictures(deps, shared.jobs)
  const sweeping = setInterval(() => {
    uploads.sweep().catch((error) => shared.log.error({ err: error }, 'uploads could not be swept'))
  }, SWEEP_EVERY_MS)
  own(sweeping, clearInterval)
  return { storage, files, uploads, videos, playback, replayFiles, segmentStore: space.store }
}
