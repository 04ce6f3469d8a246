/**
 * The sound once more as AAC, for Apple devices that do not play Opus: made by ffmpeg from the fragments of the Opus
 * rendition while somebody asks for it. Times are counted in samples, so that they stay those of the Opus.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Log } from '../log.ts'
import type { Broadcast } from './broadcast.ts'
import { AUDIO_TIMESCALE, fragment, initSegment, type Sample } from './fmp4.ts'
import type { Rendition } from './rendition.ts'

const FRAME_TICKS = 1024
/** The encoder begins with a frame from before the first sample. */
const PRIMING_FRAMES = 1
/** AAC-LC, 48 kHz, two channels. */
const CONFIG = Buffer.from([0x11, 0x90])
const ADTS_HEADER_BYTES = 7
const UNWANTED_AFTER_MS = 60_000
const START_AGAIN_AFTER_MS = 3000
const FFMPEG = [
  ...['-v', 'error', '-nostdin', '-probesize', '32', '-analyzeduration', '0', '-fflags', 'nobuffer'],
  ...['-f', 'mp4', '-i', 'pipe:0', '-c:a', 'aac', '-b:a', '96k', '-ar', '48000', '-ac', '2'],
  ...['-flush_packets', '1', '-f', 'adts', 'pipe:1'],
]
const FACTS = { codecs: 'mp4a.40.2', width: 0, height: 0, frameRate: 0 }

type Start = { msn: number; at: number; discontinuity: boolean }

export class AacEncoder {
  private readonly broadcast: Broadcast
  private readonly log: Log
  private rendition: Rendition | undefined
  private init: number | undefined
  private child: ChildProcessWithoutNullStreams | undefined
  private wantedMs = Number.NEGATIVE_INFINITY
  private diedMs = Number.NEGATIVE_INFINITY
  /** Segments that begin at these ticks and have not been begun here. */
  private starts: Start[] = []
  /** Where the next frame goes. */
  private cursor = 0
  private skip = PRIMING_FRAMES
  private rest: Buffer = Buffer.alloc(0)
  private frames: Sample[] = []
  private sequence = 1

  constructor(broadcast: Broadcast, log: Log) {
    this.broadcast = broadcast
    this.log = log
    broadcast.aacWanted = () => {
      this.wantedMs = Date.now()
    }
  }

  /** A segment of Opus begins: the only moment at which this begins, or ends. */
  segment(msn: number, at: number, discontinuity: boolean, nowMs: number): void {
    const wanted = nowMs - this.wantedMs < UNWANTED_AFTER_MS
    if (this.child && !wanted) this.stop()
    if (!this.child && wanted && nowMs - this.diedMs > START_AGAIN_AFTER_MS) this.start(msn, at)
    if (this.child) this.starts.push({ msn, at, discontinuity })
  }

  /** The next part of Opus. */
  part(bytes: Buffer): void {
    if (this.child?.stdin.writable) this.child.stdin.write(bytes)
  }

  close(): void {
    if (this.child) this.stop()
  }

  private start(msn: number, at: number): void {
    const child = spawn('ffmpeg', FFMPEG)
    this.child = child
    this.rendition?.goOnFrom(msn, this.broadcast.discontinuitiesBefore(msn))
    this.rendition ??= this.broadcast.addRendition('aac', 'audio', msn)
    this.init ??= this.broadcast.addInit(this.rendition, initSegment({ kind: 'aac', config: CONFIG }), FACTS)
    this.cursor = at
    this.skip = PRIMING_FRAMES
    this.rest = Buffer.alloc(0)
    child.on('error', (error) => this.died(child, String(error)))
    child.on('exit', (code) => this.died(child, `ffmpeg ended with ${code}`))
    child.stdin.on('error', () => {})
    child.stdout.on('data', (bytes: Buffer) => {
      if (this.child === child) this.take(bytes)
    })
    child.stderr.on('data', (said) => this.log.warn({ said: String(said) }, 'the encoder of AAC complains'))
    child.stdin.write(initSegment({ kind: 'opus' }))
  }

  private died(child: ChildProcessWithoutNullStreams, said: string): void {
    if (this.child !== child) return
    this.log.warn({ said }, 'the encoder of AAC is gone; starting it again')
    this.broadcast.warn('no_ffmpeg')
    this.diedMs = Date.now()
    this.stop()
  }

  private stop(): void {
    const { child } = this
    this.child = undefined
    child?.kill('SIGKILL')
    this.cutPart()
    this.rendition?.finish()
    this.rendition?.announce()
    this.starts = []
  }

  private take(bytes: Buffer): void {
    this.broadcast.settle('no_ffmpeg')
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes])
    while (this.rest.length >= ADTS_HEADER_BYTES) {
      const size = ((this.rest[3]! & 3) << 11) | (this.rest[4]! << 3) | (this.rest[5]! >> 5)
      if (this.rest.length < size) break
      const frame = this.rest.subarray(ADTS_HEADER_BYTES, size)
      this.rest = this.rest.subarray(size)
      if (this.skip > 0) this.skip -= 1
      else this.add(frame)
    }
    this.rendition?.announce()
  }

  private add(frame: Buffer): void {
    const [next] = this.starts
    if (next && this.cursor > next.at - FRAME_TICKS / 2) this.begin(next)
    this.frames.push({ ticks: FRAME_TICKS, key: true, units: [[frame]] })
    this.cursor += FRAME_TICKS
    const framesPerPart = Math.floor((this.broadcast.options.partSeconds * AUDIO_TIMESCALE) / FRAME_TICKS)
    if (this.frames.length >= framesPerPart) this.cutPart()
  }

  private begin({ msn, at, discontinuity }: Start): void {
    this.starts.shift()
    this.cutPart()
    const rendition = this.rendition!
    rendition.finish()
    const startSeconds = (this.rendition!.edge ? this.cursor : at) / AUDIO_TIMESCALE
    rendition.begin({ msn, startSeconds, init: this.init!, discontinuity, independent: true })
  }

  private cutPart(): void {
    const { frames, cursor } = this
    if (frames.length === 0 || !this.rendition?.open) return
    const ticks = frames.length * FRAME_TICKS
    const bytes = fragment(this.sequence++, cursor - ticks, frames, false)
    this.rendition.add({ seconds: ticks / AUDIO_TIMESCALE, independent: true, bytes })
    this.frames = []
  }
}
