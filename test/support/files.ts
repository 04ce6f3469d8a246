/** Files and uploads beside the business side, in a folder of their own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createLocalFileStorage } from '../../src/adapters/local-file-storage.ts'
import { createFiles } from '../../src/files/service.ts'
import type { FileStorage } from '../../src/files/storage.ts'
import { createUploads } from '../../src/files/uploads.ts'
import { createVideos } from '../../src/files/videos.ts'
import type { Jobs } from '../../src/jobs/jobs.ts'
import type { LiveClasses } from '../../src/playback/live.ts'
import { createReplayFiles } from '../../src/playback/replay-files.ts'
import { createPlayback } from '../../src/playback/service.ts'
import type { Business } from './business.ts'
import { silentLog } from './silent-log.ts'

export type FileSide = Awaited<ReturnType<typeof openFileSide>>

/** `folder` of an earlier one: what a restart finds. */
export async function openFileSide(
  t: Test,
  business: Business,
  given: { folder?: string; storage?: FileStorage; classes?: LiveClasses } = {},
) {
  const { db, bus, now, users, entitlements } = business
  const folder = given.folder ?? (await mkdtemp(join(tmpdir(), 'jiangtang-files-')))
  if (!given.folder) t.teardown(() => rm(folder, { recursive: true, force: true }))
  const storage = given.storage ?? createLocalFileStorage(join(folder, 'files'))
  const added: { name: string; data: object }[] = []
  const files = createFiles({
    db,
    bus,
    storage,
    secret,
    now,
    userOf: users.userOf,
    mayDownload: (viewer, fileId) => entitlements.mayI(viewer, 'download', { fileId }),
  })
  const uploads = createUploads({
    db,
    storage,
    jobs: { add: async (name, data) => void added.push({ name, data }) },
    now,
    log: silentLog,
    folder: join(folder, 'uploads'),
    videoMaxBytes: 64 * 1024 ** 2,
  })
  const jobs: Jobs = {
    handle: async () => {},
    add: async (name, data) => void added.push({ name, data }),
    every: async () => {},
    close: async () => {},
  }
  const videos = createVideos({
    db,
    jobs,
    storage,
    files,
    now,
    log: silentLog,
    folder: join(folder, 'work'),
    threads: 1,
  })
  const classes = given.classes ?? { broadcast: () => undefined, isRemoved: () => false }
  const { watermarkOf } = users
  const playback = createPlayback({ db, bus, storage, secret, now, entitlements, files, classes, watermarkOf })
  t.teardown(() => playback.close())
  const replayFiles = createReplayFiles({
    ...{ db, storage, secret, now, log: silentLog, userOf: users.userOf, folder: join(folder, 'replay-work') },
    ...{ recordings: playback.recordings, editing: playback.replayEditing },
  })
  await replayFiles.work(jobs)
  t.teardown(() => videos.close())
  return { folder, storage, files, uploads, videos, playback, replayFiles, added }
}

export const secret = new TextEncoder().encode('another secret for tests, long enough')
