/** What the demo teacher sends: slides, a clock and speech, as real H.264 and Opus over RTP from Debian's ffmpeg. */
import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ingest } from '../../sfu/ingest.ts'
import { endOf, rtpOutput, type SenderPorts, senderPorts } from '../rtp-sender.ts'
import { type Material, prepareMaterial } from './material.ts'
import { picture, takeFrame } from './picture.ts'
import { hasProgram } from './programs.ts'

export type Broadcast = { close(): Promise<void> }

export type BroadcastDeps = {
  /** Where to send; closed with the broadcast. */
  ingest: Ingest
  /** Keeps what is rendered once. */
  cacheDir: string
  /** Gets the current picture as a small JPEG, at once and every so often. */
  onFrame: (jpeg: Buffer) => void
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

/** RTP out of ffmpeg cannot answer a request for a key frame, so they come often. */
const FRAMES_PER_KEY_FRAME = 13
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000
const FRAME_EVERY_MS = 15_000

/** Sends until closed; an ffmpeg that dies is started again. Throws where ffmpeg is missing. */
export async function startBroadcast({ ingest, cacheDir, log, onFrame }: BroadcastDeps): Promise<Broadcast> {
  const stop = new AbortController()
  try {
    if (!(await hasProgram('ffmpeg')))
      throw new Error('the demo teacher has no picture without ffmpeg: install the Debian package "ffmpeg"')
    const material = await prepareMaterial(cacheDir)
    const leashed = await hasProgram('setpriv')
    const local = await senderPorts()
    let startedAt = Date.now()
    const begin = () => {
      startedAt = Date.now()
      return start(material, ingest, local, leashed)
    }
    const sending = keepSending(begin, stop.signal, log)
    const showing = keepShowing(material, () => (Date.now() - startedAt) / 1000, onFrame, stop.signal, log)
    return {
      async close() {
        stop.abort()
        await Promise.all([sending, showing])
        ingest.close()
      },
    }
  } catch (error) {
    ingest.close()
    throw error
  }
}

async function keepSending(start: () => ChildProcess, signal: AbortSignal, log: BroadcastDeps['log']): Promise<void> {
  for (let retryMs = FIRST_RETRY_MS; !signal.aborted; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
    const startedAt = Date.now()
    const child = start()
    log.info({ pid: child.pid }, 'the demo teacher is on the air')
    const said = await endOf(child, signal)
    if (signal.aborted) return
    if (Date.now() - startedAt > LAST_RETRY_MS) retryMs = FIRST_RETRY_MS
    log.warn({ said, retryMs }, 'ffmpeg of the demo teacher ended; starting it again')
    await pause(retryMs, undefined, { signal }).catch(() => {})
  }
}

/** A picture for the card: drawn by a process of its own, because a slow output would hold up the other ones of ffmpeg. */
async function keepShowing(
  material: Material,
  secondsIn: () => number,
  onFrame: BroadcastDeps['onFrame'],
  signal: AbortSignal,
  log: BroadcastDeps['log'],
): Promise<void> {
  while (!signal.aborted) {
    try {
      onFrame(await takeFrame(material, secondsIn(), signal))
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'the demo teacher has no picture for the card')
    }
    await pause(FRAME_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

/** `setpriv` has the kernel end ffmpeg with this process, even when this process is killed. */
function start({ folder, slideEnds }: Material, ingest: Ingest, local: SenderPorts, leashed: boolean): ChildProcess {
  const args = [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...['-re', '-f', 'lavfi', '-i', picture(slideEnds)],
    ...['-re', '-stream_loop', '-1', '-i', 'speech.flac'],
    ...['-map', '0:v', ...VIDEO, ...rtpOutput(ingest.host, ingest.video, local[0], local[1])],
    ...['-map', '1:a', ...AUDIO, ...rtpOutput(ingest.host, ingest.audio, local[2], local[3])],
  ]
  const [program, programArgs] = leashed ? ['setpriv', ['--pdeathsig', 'KILL', 'ffmpeg', ...args]] : ['ffmpeg', args]
  return spawn(program, programArgs, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
}

const VIDEO = [
  ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-threads', '1'],
  ...['-profile:v', 'baseline', '-level', '3.1', '-pix_fmt', 'yuv420p'],
  ...['-crf', '27', '-maxrate', '1200k', '-bufsize', '1200k', '-g', String(FRAMES_PER_KEY_FRAME)],
  ...['-x264-params', `scenecut=0:min-keyint=${FRAMES_PER_KEY_FRAME}:repeat-headers=1`],
]

const AUDIO = ['-c:a', 'libopus', '-b:a', '48k', '-ar', '48000', '-ac', '2', '-frame_duration', '20']
