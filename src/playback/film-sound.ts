/** The sound of a film as AAC, which QuickTime and the players of Windows and old phones ask for; the picture as it is. */
import { rename, rm } from 'node:fs/promises'
import { run } from '../files/video/program.ts'

const LONGEST_MS = 2 * 60 * 60 * 1000
const STALL_MS = 60_000

/**
 * Makes it anew in place. Throws where that fails, with the film as it was. `goesOn` is called every half second or so.
 * Only for films whose picture has one set of parameters: ffmpeg keeps no second one.
 */
export async function makeSoundAac(path: string, signal: AbortSignal, goesOn: () => void): Promise<void> {
  const made = `${path}.aac.mp4`
  const sound = ['-c:a', 'aac', '-b:a', '96k', '-af', 'aresample=async=1']
  try {
    await run(
      'ffmpeg',
      [
        ...['-v', 'error', '-nostdin', '-y', '-i', path, '-c:v', 'copy', ...sound],
        ...['-movflags', '+faststart', '-progress', 'pipe:1', made],
      ],
      { signal, timeoutMs: LONGEST_MS, stallMs: STALL_MS },
      goesOn,
    )
    await rename(made, path)
  } catch (error) {
    await rm(made, { force: true })
    throw error
  }
}
