/** What the demo teacher sends: slides, a clock and speech, as real H.264 and Opus over RTP from Debian's ffmpeg. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Ingest, IngestTrack } from '../../sfu/ingest.ts'
import { type Material, prepareMaterial } from './material.ts'
import { hasProgram } from './programs.ts'
import { CLOCK, ROUTE, SLIDE } from './slides.ts'

export type Broadcast = { close(): Promise<void> }

export type BroadcastDeps = {
  /** Where to send; closed with the broadcast. */
  ingest: Ingest
  /** Keeps what is rendered once. */
  cacheDir: string
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

const FRAMES_PER_SECOND = 25
/** RTP out of ffmpeg cannot answer a request for a key frame, so they come often. */
const FRAMES_PER_KEY_FRAME = 13
const TURN_SECONDS = 0.7
const DOT_SECONDS = 2.6
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 10_000
const KILL_AFTER_MS = 2000

/** Sends until closed; an ffmpeg that dies is started again. Throws where ffmpeg is missing. */
export async function startBroadcast({ ingest, cacheDir, log }: BroadcastDeps): Promise<Broadcast> {
  const stop = new AbortController()
  try {
    if (!(await hasProgram('ffmpeg')))
      throw new Error('the demo teacher has no picture without ffmpeg: install the Debian package "ffmpeg"')
    const material = await prepareMaterial(cacheDir)
    const leashed = await hasProgram('setpriv')
    const local = await Promise.all([freePort(), freePort(), freePort(), freePort()])
    const sending = keepSending(() => start(material, ingest, local, leashed), stop.signal, log)
    return {
      async close() {
        stop.abort()
        await sending
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

/** Waits for the child's end, which the signal brings about; answers with the last of what it printed. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000)
  })
  const end = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
  }
  if (signal.aborted) end()
  else signal.addEventListener('abort', end, { once: true })
  try {
    await once(child, 'close')
  } catch (error) {
    said = String(error)
  } finally {
    signal.removeEventListener('abort', end)
  }
  return said
}

/** `setpriv` has the kernel end ffmpeg with this process, even when this process is killed. */
function start({ folder, slideEnds }: Material, ingest: Ingest, local: LocalPorts, leashed: boolean): ChildProcess {
  const args = [
    ...['-hide_banner', '-nostdin', '-loglevel', 'error'],
    ...['-re', '-f', 'lavfi', '-i', picture(slideEnds, midnight(new Date()))],
    ...['-re', '-stream_loop', '-1', '-i', 'speech.flac'],
    ...['-map', '0:v', ...VIDEO, ...rtp(ingest.host, ingest.video, local[0], local[1])],
    ...['-map', '1:a', ...AUDIO, ...rtp(ingest.host, ingest.audio, local[2], local[3])],
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

function rtp(
  host: string,
  { port, rtcpPort, ssrc, payloadType }: IngestTrack,
  localPort: number,
  localRtcpPort: number,
) {
  const ports = `rtcpport=${rtcpPort}&localrtpport=${localPort}&localrtcpport=${localRtcpPort}`
  return [
    ...['-f', 'rtp', '-payload_type', String(payloadType), '-ssrc', String(ssrc)],
    `rtp://${host}:${port}?${ports}&pkt_size=1200`,
  ]
}

/** RTP and RTCP of the picture, RTP and RTCP of the sound: the same after a restart, because the ingest knows its sender by them. */
type LocalPorts = [number, number, number, number]

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

/** Seconds since 1970 of the last local midnight: what the clock counts from. */
const midnight = (now: Date) => new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime() / 1000

/** The filter graph: every picture is decoded once and repeated; only the clock and the dots are drawn for each frame. */
function picture(slideEnds: number[], dayStart: number): string {
  const still = (name: string, format: string) =>
    `movie=${name}.png,format=${format},loop=-1:1:0,setpts=N/(${FRAMES_PER_SECOND}*TB)`
  const dot = (phase: number) => {
    const way = `mod(t/${DOT_SECONDS}+${phase},1)`
    return `overlay=x='${ROUTE.fromX - 9}+${ROUTE.toX - ROUTE.fromX}*${way}':y=${ROUTE.y - 9}:format=yuv420`
  }
  const clock = [
    `setpts='mod(RTCTIME/1000000-${dayStart},86400)/TB'`,
    `drawtext=font='Noto Sans Mono CJK SC':fontsize=${CLOCK.size}:fontcolor=0x1B2027:x=${CLOCK.endX}-tw:y=${CLOCK.y}:text='%{pts\\:hms}'`,
    `setpts=N/(${FRAMES_PER_SECOND}*TB)`,
  ]
  return [
    `${still('board', 'yuv420p')}[board]`,
    `${still('deck', 'yuv420p')},crop=iw:${SLIDE.height}:0:'${deckOffset(slideEnds)}'[slide]`,
    `${still('dot', 'yuva420p')},split[early][late]`,
    `[board][slide]overlay=0:${SLIDE.y}:format=yuv420[page]`,
    `[page][early]${dot(0)}[sent]`,
    `[sent][late]${dot(0.5)},${clock.join(',')}`,
  ].join(';')
}

/** How far down the deck the view is: a smooth turn at the end of each slide. */
function deckOffset(slideEnds: number[]): string {
  const time = `mod(t,${slideEnds.at(-1)})`
  const turns = slideEnds.map((end) => `clip((${time}-${end - TURN_SECONDS})/${TURN_SECONDS},0,1)`)
  return `${SLIDE.height}*(${turns.map((turn) => `pow(${turn},2)*(3-2*${turn})`).join('+')})`
}
