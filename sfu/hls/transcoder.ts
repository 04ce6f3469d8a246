/**
 * A picture that is not H.264, made H.264 by an ffmpeg of its own while it is shown. Pictures carry their media time
 * through it, so that they come out at the time they were captured at.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Log } from '../log.ts'
import { FlvReader } from './flv.ts'
import type { VideoLane } from './video-lane.ts'
import type { Vp8Picture } from './vp8.ts'

/** A lower layer takes over from one that was silent for so long. */
const SILENT_MS = 1000
/** What is made is no larger, whatever is sent. */
const MOST_WIDTH = 1280
const MOST_HEIGHT = 720
/** A larger picture has it made larger no more often. */
const GROW_EVERY_MS = 10_000
const START_AGAIN_AFTER_MS = 1000
/** With so many pictures inside, it does not keep up: the next ones are left out, up to a key frame. */
const MOST_INSIDE = 45
const KEY_EVERY_SECONDS = 2
/** One that is full, and gave nothing for so long, will not give anything. */
const STUCK_MS = 5000

export type TranscoderDeps = {
  lane: VideoLane
  startedAt: number
  layers: number
  log: Log
  /** Called while only a key frame helps. */
  needKey: () => void
  /** Called when it begins to give pictures, and when it cannot. */
  works: (works: boolean) => void
}

export class Transcoder {
  readonly lane: VideoLane
  private readonly deps: TranscoderDeps
  private child: ChildProcessWithoutNullStreams | undefined
  private size = { width: 0, height: 0 }
  private startedMs = Number.NEGATIVE_INFINITY
  private diedMs = Number.NEGATIVE_INFINITY
  private waitsForKey = true
  private inside = 0
  private gaveMs = 0
  private lastMs = -1
  /** Highest last, as they come. */
  private layer: number
  private heardMs: number[] = []

  constructor(deps: TranscoderDeps) {
    this.deps = deps
    this.lane = deps.lane
    this.layer = deps.layers - 1
  }

  /** The next picture of this layer, captured at this time of the server's clock. */
  take(layer: number, picture: Vp8Picture, capturedMs: number): void {
    if (this.lane.isClosed || !this.isOf(layer, picture)) return
    const { key, arrivalMs } = picture
    if (this.inside > MOST_INSIDE) {
      this.waitsForKey = true
      if (arrivalMs - this.gaveMs > STUCK_MS) this.child?.kill('SIGKILL')
    }
    if (key && this.inside <= MOST_INSIDE && this.mayStart(arrivalMs)) this.begin(picture)
    if (!this.child || this.waitsForKey) {
      this.deps.needKey()
      return
    }
    this.lastMs = Math.max(this.lastMs + 1, Math.round(capturedMs - this.deps.startedAt))
    this.inside += 1
    this.child.stdin.write(ivfPicture(picture.bytes, this.lastMs))
  }

  /** Something of this layer is missing. */
  broke(layer: number): void {
    if (layer !== this.layer) return
    this.waitsForKey = true
    this.deps.needKey()
  }

  close(): void {
    const { child } = this
    this.child = undefined
    child?.kill('SIGKILL')
  }

  /** The highest layer that is there is the one, from a key frame on. */
  private isOf(layer: number, { key, arrivalMs }: Vp8Picture): boolean {
    if (this.heardMs.length === 0) this.heardMs = Array(this.deps.layers).fill(arrivalMs)
    this.heardMs[layer] = arrivalMs
    if (layer === this.layer) return true
    if (layer < this.layer && arrivalMs - this.heardMs[this.layer]! < SILENT_MS) return false
    if (key) this.layer = layer
    else this.deps.needKey()
    return key
  }

  private mayStart(nowMs: number): boolean {
    return nowMs - this.diedMs > START_AGAIN_AFTER_MS
  }

  private begin({ width, height, arrivalMs }: Vp8Picture): void {
    this.waitsForKey = false
    const grown = width * height > this.size.width * this.size.height && arrivalMs - this.startedMs > GROW_EVERY_MS
    if (this.child && !grown) return
    this.close()
    this.size = { width, height }
    this.startedMs = arrivalMs
    this.inside = 0
    this.gaveMs = arrivalMs
    const child = spawn('ffmpeg', argumentsFor(width, height))
    this.child = child
    const reader = new FlvReader(({ ms, key, nals }) => {
      if (this.child !== child) return
      this.inside -= 1
      this.gaveMs = Date.now()
      this.deps.works(true)
      this.lane.take({ key, nals, arrivalMs: Date.now() }, this.deps.startedAt + ms)
    })
    child.on('error', (error) => this.died(child, String(error)))
    child.on('exit', (code) => this.died(child, `ffmpeg ended with ${code}`))
    child.stdin.on('error', () => {})
    child.stdout.on('data', (bytes: Buffer) => reader.push(bytes))
    child.stderr.on('data', (said) =>
      this.deps.log.warn({ said: String(said) }, 'the encoder of the picture complains'),
    )
    child.stdin.write(ivfHeader(width, height))
  }

  private died(child: ChildProcessWithoutNullStreams, said: string): void {
    if (this.child !== child) return
    this.deps.log.warn({ said }, 'the encoder of the picture is gone; starting it again')
    this.deps.works(false)
    this.child = undefined
    this.waitsForKey = true
    this.diedMs = Date.now()
    this.inside = 0
    this.deps.needKey()
  }
}

/** Baseline without references further back than one picture, as the grid of parts needs it. */
function argumentsFor(width: number, height: number): string[] {
  const shrink = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height)
  const even = (length: number) => Math.max(2, Math.round((length * shrink) / 2) * 2)
  const [w, h] = [even(width), even(height)]
  const fit = `scale=${w}:${h}:force_original_aspect_ratio=decrease,pad=${w}:${h}:(ow-iw)/2:(oh-ih)/2,setsar=1`
  return [
    ...['-v', 'error', '-nostdin', '-probesize', '32', '-analyzeduration', '0'],
    ...['-threads', '1', '-f', 'ivf', '-i', 'pipe:0', '-copyts', '-fps_mode', 'passthrough', '-enc_time_base', '-1'],
    ...['-vf', fit, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-profile:v', 'baseline'],
    ...['-preset', 'superfast', '-tune', 'zerolatency', '-threads', '1', '-crf', '25'],
    ...['-maxrate', '1500k', '-bufsize', '1500k', '-g', '600', '-x264-params', 'ref=1:scenecut=0'],
    ...['-force_key_frames', `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${KEY_EVERY_SECONDS}))`],
    ...['-flush_packets', '1', '-f', 'flv', '-flvflags', 'no_duration_filesize', 'pipe:1'],
  ]
}

/** Times are in milliseconds. */
function ivfHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(32)
  header.write('DKIF')
  header.writeUInt16LE(header.length, 6)
  header.write('VP80', 8)
  header.writeUInt16LE(width, 12)
  header.writeUInt16LE(height, 14)
  header.writeUInt32LE(1000, 16)
  header.writeUInt32LE(1, 20)
  return header
}

function ivfPicture(bytes: Buffer, ms: number): Buffer {
  const header = Buffer.alloc(12)
  header.writeUInt32LE(bytes.length)
  header.writeBigUInt64LE(BigInt(ms), 4)
  return Buffer.concat([header, bytes])
}
