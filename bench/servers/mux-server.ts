/** Classes that can be muxed by us or by ffmpeg, in a process of their own, so that what either costs can be told. */
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIngest } from '../../sfu/ingest.ts'
import { createMedia, type MediaPlane } from '../../sfu/media.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { WorkerPool } from '../../sfu/pool.ts'
import { createLocalFileStorage } from '../../src/adapters/local-file-storage.ts'
import { silentLog } from '../../test/support/silent-log.ts'
import { cpuMsOf, serveCommands } from '../child.ts'
import { startRival } from './rival-hls.ts'

const TEACHER = 'teacher'
/** More often than sound that nobody asks for is given up. */
const ASK_FOR_AAC_EVERY_MS = 5000

export type Muxing = { by: 'nobody' } | { by: 'us' | 'ffmpeg'; sound: 'copy' | 'aac' }

const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
const folder = await mkdtemp(join(tmpdir(), 'mux-'))
const media = createMedia(pool, { segmentStore: createLocalFileStorage(folder), log: silentLog })
const deaf = new Proxy({} as Parameters<MediaPlane['openRoom']>[1], { get: () => () => {} })
const rooms: MediaRoom[] = []
let ending: (() => unknown)[] = []

const commands = {
  /** Where the camera and microphone of one more class are sent to. */
  async openClass() {
    const room = await media.openRoom(`class-${rooms.length}`, deaf)
    rooms.push(room)
    const { video, audio } = await openIngest(room, TEACHER)
    return { video, audio }
  },

  /** Has all classes muxed like this from now on. */
  async mux(muxing: Muxing): Promise<void> {
    await Promise.all(ending.map((end) => end()))
    ending = []
    if (muxing.by === 'nobody') return
    const begin = muxing.by === 'us' ? broadcast : hire
    await Promise.all(rooms.map((room) => begin(room, muxing.sound)))
  },

  /** CPU that this process and all that it started have used. */
  cpuMs(): number {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean)
    return [process.pid, ...children.map(Number)].reduce((sum, pid) => sum + cpuMsOf(pid), 0)
  },
}
export type MuxServer = typeof commands

async function broadcast(room: MediaRoom, sound: 'copy' | 'aac'): Promise<void> {
  await room.broadcast(TEACHER, Date.now())
  const ask = () => room.liveBroadcast?.playlist('aac', {})
  const asking = sound === 'aac' ? setInterval(ask, ASK_FOR_AAC_EVERY_MS) : undefined
  if (asking) void ask()
  ending.push(() => {
    clearInterval(asking)
    return room.endBroadcast()
  })
}

async function hire(room: MediaRoom, sound: 'copy' | 'aac'): Promise<void> {
  const producers = room.publications().map(({ producerId }) => producerId)
  const rival = await startRival(room.router, producers, await mkdtemp(join(folder, 'rival-')), sound)
  ending.push(() => rival.close())
}

serveCommands(commands, async () => {
  await Promise.all(ending.map((end) => end()))
  for (const room of rooms) room.close()
  await media.close()
  await pool.close()
  await rm(folder, { recursive: true, force: true })
})
