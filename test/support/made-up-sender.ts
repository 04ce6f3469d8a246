/** A sender on a clock of its own: H.264 out of ffmpeg and Opus, as RTP packets with sender reports. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MTU = 1100

export type MadeUpPicture = { key: boolean; nals: Buffer[] }

/** Pictures of a moving test card, or of another source of ffmpeg, in constrained baseline. */
export async function makePictures(
  size: string,
  count: number,
  framesPerKey = 60,
  rate = 30,
  source = `testsrc2=size=${size}:rate=${rate}`,
): Promise<MadeUpPicture[]> {
  const { stdout } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-f', 'lavfi', '-i', source, '-frames:v', String(count)],
      ...['-c:v', 'libx264', '-profile:v', 'baseline', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1'],
      ...['-g', String(framesPerKey), '-x264-params', 'repeat-headers=1:scenecut=0:ref=1', '-f', 'h264', '-'],
    ],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  )
  const pictures: MadeUpPicture[] = []
  let sets: Buffer[] = []
  for (const nal of nalsOf(stdout)) {
    const type = nal[0]! & 0x1f
    if (type === 7 || type === 8) sets.push(nal)
    if (type !== 1 && type !== 5) continue
    pictures.push({ key: type === 5, nals: [...sets, nal] })
    sets = []
  }
  return pictures
}

/** Twenty milliseconds each of what this source of ffmpeg sounds like, as Opus. */
export async function makeSound(source: string, seconds: number): Promise<Buffer[]> {
  const opus = ['-c:a', 'libopus', '-ac', '2', '-application', 'lowdelay', '-frame_duration', '20']
  const { stdout } = await run(
    'ffmpeg',
    ['-v', 'error', '-f', 'lavfi', '-t', String(seconds), '-i', source, ...opus, '-f', 'ogg', '-'],
    { encoding: 'buffer', maxBuffer: 2 ** 26 },
  )
  const [, , ...packets] = packetsOf(stdout)
  return packets
}

/** The packets in the pages of an Ogg file. */
function* packetsOf(stream: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = []
  for (let page = 0; page < stream.length; ) {
    const sizes = stream.subarray(page + 27, page + 27 + stream[page + 26]!)
    let at = page + 27 + sizes.length
    for (const size of sizes) {
      pieces.push(stream.subarray(at, at + size))
      at += size
      if (size === 255) continue
      yield Buffer.concat(pieces)
      pieces = []
    }
    page = at
  }
}

function* nalsOf(stream: Buffer): Generator<Buffer> {
  const code = Buffer.from([0, 0, 1])
  let start = stream.indexOf(code)
  while (start >= 0) {
    const next = stream.indexOf(code, start + 3)
    let end = next < 0 ? stream.length : next
    while (end > start && stream[end - 1] === 0) end -= 1
    yield stream.subarray(start + 3, end)
    start = next
  }
}

/** The packets of one SSRC. Sequence and time begin anywhere, near their wrap for good measure. */
export class RtpStream {
  sequence = 65_500
  readonly ssrc: number
  private readonly rate: number

  constructor(ssrc: number, rate: number) {
    this.ssrc = ssrc
    this.rate = rate
  }

  timestampAt(ms: number): number {
    return (Math.round((ms * this.rate) / 1000) + 0xfffff000) % 2 ** 32
  }

  packet(ms: number, payload: Buffer, marker: boolean): Buffer {
    const header = Buffer.alloc(12)
    header[0] = 0x80
    header[1] = (marker ? 0x80 : 0) | 100
    header.writeUInt16BE(this.sequence, 2)
    this.sequence = (this.sequence + 1) % 2 ** 16
    header.writeUInt32BE(this.timestampAt(ms), 4)
    header.writeUInt32BE(this.ssrc, 8)
    return Buffer.concat([header, payload])
  }

  /** Parameter sets in one packet, slices in fragments where they are long. */
  picture(ms: number, { nals }: MadeUpPicture): Buffer[] {
    const payloads: Buffer[] = []
    const sets = nals.slice(0, -1)
    if (sets.length > 0) {
      const aggregated = sets.flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal])
      payloads.push(Buffer.concat([Buffer.from([24]), ...aggregated]))
    }
    payloads.push(...fragments(nals.at(-1)!))
    return payloads.map((payload, index) => this.packet(ms, payload, index === payloads.length - 1))
  }
}

function fragments(nal: Buffer): Buffer[] {
  if (nal.length <= MTU) return [nal]
  const pieces: Buffer[] = []
  for (let at = 1; at < nal.length; at += MTU) {
    const flags = (at === 1 ? 0x80 : 0) | (at + MTU >= nal.length ? 0x40 : 0)
    const header = Buffer.from([(nal[0]! & 0xe0) | 28, flags | (nal[0]! & 0x1f)])
    pieces.push(Buffer.concat([header, nal.subarray(at, at + MTU)]))
  }
  return pieces
}
