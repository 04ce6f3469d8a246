/** The machine: what its kernel allows, and which programs it has. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, statfs } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import type { Settings } from '../../config/settings.ts'
import { WorkerPool, workersFor } from '../../sfu/pool.ts'
import { fail, type Told, warn, well } from './finding.ts'

const run = promisify(execFile)

/** A socket for each viewer, one for each of their requests, and the server's own. */
const FILES_PER_SEAT = 2
const FILES_BESIDES = 1024
/** What a worker can hold back when its core is taken for a moment; Linux begins with 212,992. */
const UDP_BUFFER_BYTES = 1_000_000
const GB = 1e9

export async function openFiles({ roomSeats }: Pick<Settings, 'roomSeats'>): Promise<Told> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => undefined)
  const soft = limits && /^Max open files\s+(\S+)/m.exec(limits)?.[1]
  if (!soft) return warn('this system does not say how many files may be open', 'see that it is more than 10,000')
  const needed = roomSeats * FILES_PER_SEAT + FILES_BESIDES
  const detail = `${soft} files may be open`
  if (soft === 'unlimited' || Number(soft) >= needed) return well(detail)
  return fail(detail, `one full class (ROOM_SEATS) needs ${needed}: ulimit -n 65536, or LimitNOFILE=65536 in systemd`)
}

export async function udpBuffers(): Promise<Told> {
  const read = async (name: string) => Number(await readFile(`/proc/sys/net/core/${name}`, 'utf8'))
  const sizes = await Promise.all([read('rmem_max'), read('wmem_max')]).catch(() => undefined)
  if (!sizes) return warn('this system does not say how large UDP buffers may be', 'see that 1 MB is allowed')
  const [receive, send] = sizes
  const detail = `${receive} bytes to receive, ${send} to send`
  if (Math.min(receive, send) >= UDP_BUFFER_BYTES) return well(detail)
  return warn(
    detail,
    'a burst of key frames may be lost: sysctl -w net.core.rmem_max=4194304 net.core.wmem_max=4194304 net.core.rmem_default=1048576 net.core.wmem_default=1048576',
  )
}

export async function cores({ workers }: Pick<Settings, 'workers'>): Promise<Told> {
  const available = availableParallelism()
  const count = workers === 'auto' ? workersFor(available) : workers
  const detail = `${count} media ${count === 1 ? 'worker' : 'workers'} on ${available} ${available === 1 ? 'core' : 'cores'}`
  if (count > available) return warn(detail, 'more workers than cores only wait for each other: lower WORKERS')
  if (available < 2) return warn(detail, 'one core serves Node and the media at once: a small class at most')
  return well(detail)
}

/** Starts one worker on ports of the kernel's choice, and ends it. */
export async function mediaWorker(): Promise<Told> {
  const log = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }
  const startedAt = performance.now()
  const options = { count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log }
  const pool = await WorkerPool.start(options as Parameters<typeof WorkerPool.start>[0])
  const ms = Math.round(performance.now() - startedAt)
  await pool.close()
  return well(`starts in ${ms} ms`)
}

export async function ffmpeg({ broadcast }: Pick<Settings, 'broadcast'>): Promise<Told> {
  const found = await run('ffmpeg', ['-hide_banner', '-version']).catch(() => undefined)
  const version = found && /version (\S+)/.exec(found.stdout)?.[1]
  if (version) return well(`ffmpeg ${version}`)
  const without = broadcast ? 'films, and AAC for older Apple devices' : 'films'
  return fail('ffmpeg is not installed', `without it there are no ${without}: apt install ffmpeg`)
}

export async function diskSpace(
  settings: Pick<Settings, 'dataDir' | 'storage' | 'broadcastKeepFreeGb'>,
): Promise<Told> {
  const { dataDir, storage, broadcastKeepFreeGb } = settings
  const folder = storage.kind === 'disk' ? storage.folder : dataDir
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const detail = `${(free / GB).toFixed(1)} GB are free in ${folder}`
  if (free > (broadcastKeepFreeGb + 5) * GB) return well(detail)
  const kept = `BROADCAST_KEEP_FREE_GB is ${broadcastKeepFreeGb}: an hour of a class takes about 1.2 GB`
  return free > broadcastKeepFreeGb * GB ? warn(detail, kept) : fail(detail, kept)
}
