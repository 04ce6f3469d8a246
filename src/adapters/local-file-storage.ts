/** Files in a folder of this machine, or of a disk that all nodes share. */
import { randomUUID } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import {
  access,
  constants,
  copyFile,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkKey, type FileStorage, fitRange } from '../files/storage.ts'

/** What a crash left half-written is removed once it is certain that nobody writes it any more. */
const LEFT_OVER_MS = 48 * 60 * 60 * 1000

export function createLocalFileStorage(folder: string): FileStorage {
  const root = resolve(folder)
  // No key begins with a dot.
  const unfinished = join(root, '.unfinished')
  mkdirSync(unfinished, { recursive: true })
  const cleaning = removeLeftOvers(unfinished).catch(() => {})
  const pathOf = (key: string) => join(root, ...checkKey(key).split('/'))

  const whole = async (key: string, write: (path: string) => Promise<void>) => {
    const path = pathOf(key)
    const draft = join(unfinished, randomUUID())
    try {
      await write(draft)
      await moveTo(path, draft)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  return {
    pathOf,

    put: (key, bytes) => whole(key, (draft) => writeTo(draft, bytes)),

    async putFile(key, path) {
      const target = pathOf(key)
      try {
        await flush(path)
        await moveTo(target, path)
      } catch (error) {
        if (codeOf(error) !== 'EXDEV') throw error
        await whole(key, async (draft) => {
          await copyFile(path, draft, constants.COPYFILE_FICLONE)
          await flush(draft)
        })
        await unlink(path)
      }
    },

    async read(key, range) {
      const file = await open(pathOf(key), 'r').catch(absent)
      if (!file) return undefined
      try {
        const { size } = await file.stat()
        const stream = file.createReadStream({ ...(range && fitRange(range, size)), highWaterMark: 256 * 1024 })
        return { stream, sizeBytes: size }
      } catch (error) {
        await file.close()
        throw error
      }
    },

    remove: (key) => rm(pathOf(key), { force: true }),
    removeFolder: (name) => rm(pathOf(name), { recursive: true, force: true }),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(unfinished)
      return bavail * bsize
    },
    check: () => access(unfinished, constants.W_OK),
    close: () => cleaning,
  }
}

/** Through one handle, down to the disk. */
const writeTo = (path: string, bytes: Readable | Uint8Array): Promise<void> =>
  bytes instanceof Uint8Array
    ? writeFile(path, bytes, { flag: 'wx', flush: true })
    : pipeline(bytes, createWriteStream(path, { flags: 'wx', flush: true }))

/** A name must not be on the disk before the bytes are. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function moveTo(path: string, from: string): Promise<void> {
  const move = () => rename(from, path)
  await move().catch(async (error) => {
    if (codeOf(error) !== 'ENOENT') throw error
    // Its folder is there but for the first file in it.
    await mkdir(dirname(path), { recursive: true })
    await move()
  })
}

async function removeLeftOvers(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name)
    const found = await stat(path).catch(absent)
    if (found && Date.now() - found.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}
