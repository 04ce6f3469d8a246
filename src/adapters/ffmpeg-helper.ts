/** ffmpeg between RTMP and a room: H.264 without B-frames goes through as it is, all else is made anew; AAC becomes Opus. */
import { execFile, type SpawnOptions, spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { PlainWay } from '../../signaling/ports.ts'
import { endOf, rtpOutput, senderPorts } from '../rtp-sender.ts'
import type { StreamHelper } from '../streaming/rtmp.ts'

/** So many frames tell whether some of them are shown in another order than they are sent in. */
const FRAMES_LOOKED_AT = 30
const LOOK_LIMIT_MS = 15_000
const AGAIN_MS = 1000
const READ_LIMIT_MICROSECONDS = '10000000'

type Log = { info(details: object, message: string): void; warn(details: object, message: string): void }

export function createFfmpegHelper(log: Log): StreamHelper {
  return {
    start(url, way, warn) {
      const stop = new AbortController()
      run(url, way, warn, stop.signal, log).catch((error) => {
        if (!stop.signal.aborted) log.warn({ err: error }, 'what comes by RTMP cannot be read')
      })
      return { close: () => stop.abort() }
    },
  }
}

type Warn = Parameters<StreamHelper['start']>[2]

async function run(url: string, way: PlainWay, warn: Warn, signal: AbortSignal, log: Log): Promise<void> {
  const ports = await senderPorts()
  while (!signal.aborted) {
    try {
      const { isH264, hasBFrames, hasSound } = await look(url, signal)
      if (!isH264) warn('not_h264')
      if (hasBFrames) warn('b_frames')
      const picture = isH264 && !hasBFrames ? THROUGH : ANEW
      log.info({ through: picture === THROUGH }, 'an RTMP stream goes to its room')
      const args = [
        ...['-hide_banner', '-nostdin', '-loglevel', 'error', '-rw_timeout', READ_LIMIT_MICROSECONDS],
        ...['-fflags', '+nobuffer', '-i', url],
        ...['-map', '0:v:0', ...picture, ...rtpOutput(way.host, way.video, ports[0], ports[1])],
        ...(hasSound ? ['-map', '0:a:0', ...SOUND, ...rtpOutput(way.host, way.audio, ports[2], ports[3])] : []),
      ]
      const said = await endOf(spawn('setpriv', ['--pdeathsig', 'KILL', 'ffmpeg', ...args], STDIO), signal)
      if (!signal.aborted) log.warn({ said }, 'ffmpeg of an RTMP stream ended')
    } catch (error) {
      if (!signal.aborted) log.info({ err: error }, 'an RTMP stream is not there yet')
    }
    await pause(AGAIN_MS, undefined, { signal }).catch(() => {})
  }
}

const STDIO: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'] }

async function look(url: string, signal: AbortSignal) {
  const { stdout } = await promisify(execFile)(
    'ffprobe',
    [
      ...['-v', 'error', '-rw_timeout', READ_LIMIT_MICROSECONDS, '-read_intervals', `%+#${FRAMES_LOOKED_AT * 3}`],
      ...['-show_entries', 'stream=index,codec_name,codec_type:packet=codec_type,pts,dts', '-of', 'json', url],
    ],
    { signal, timeout: LOOK_LIMIT_MS, killSignal: 'SIGKILL' },
  )
  const { streams, packets } = JSON.parse(stdout) as {
    streams: { codec_name: string; codec_type: string }[]
    packets: { codec_type: string; pts?: number; dts?: number }[]
  }
  const picture = streams.find(({ codec_type }) => codec_type === 'video')
  if (!picture) throw new Error('there is no picture')
  const frames = packets.filter(({ codec_type }) => codec_type === 'video')
  return {
    isH264: picture.codec_name === 'h264',
    hasBFrames: new Set(frames.map(({ pts = 0, dts = 0 }) => pts - dts)).size > 1,
    hasSound: streams.some(({ codec_type }) => codec_type === 'audio'),
  }
}

const THROUGH = ['-c:v', 'copy', '-bsf:v', 'h264_mp4toannexb']
/** RTP out of ffmpeg cannot answer a request for a key frame, so they come every two seconds. */
const ANEW = [
  ...['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
  ...['-pix_fmt', 'yuv420p', '-crf', '24', '-maxrate', '4000k', '-bufsize', '4000k'],
  ...['-force_key_frames', 'expr:gte(t,n_forced*2)', '-x264-params', 'scenecut=0:repeat-headers=1'],
]
const SOUND = ['-c:a', 'libopus', '-b:a', '96k', '-ar', '48000', '-ac', '2', '-frame_duration', '20']
