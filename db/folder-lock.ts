/** One process at a time in a PGlite folder: two of them would destroy the data. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Takes the folder, or throws when a running process has it. Returns the function that gives it back. */
export function lockFolder(folder: string): () => void {
  const file = `${folder.replace(/\/+$/, '')}.pid`
  mkdirSync(dirname(file), { recursive: true })
  const owner = ownerOf(file)
  if (owner !== undefined) throw new Error(`the database in ${folder} is in use by process ${owner}`)
  rmSync(file, { force: true })
  writeFileSync(file, String(process.pid), { flag: 'wx' })
  return () => rmSync(file, { force: true })
}

/** The running process that holds the lock; the lock of one that was killed counts for nothing. */
function ownerOf(file: string): number | undefined {
  let pid: number
  try {
    pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid! : undefined
  }
  return pid
}
