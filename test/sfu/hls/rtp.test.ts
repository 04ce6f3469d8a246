import t from 'tap'
import { BitWriter, escaped, unescaped } from '../../../sfu/hls/bits.ts'
import { RtpClock, SenderOffset } from '../../../sfu/hls/clock.ts'
import { type AccessUnit, H264Depacketizer } from '../../../sfu/hls/h264.ts'
import { parsePps, parseSps } from '../../../sfu/hls/h264-parameters.ts'
import { opusTicks } from '../../../sfu/hls/opus.ts'
import { parseRtp, Reorder, type RtpPacket, unwrap } from '../../../sfu/hls/rtp.ts'
import { RtpStream } from '../../support/made-up-sender.ts'

const packet = (sequence: number, payload = Buffer.from([1]), options: Partial<RtpPacket> = {}): RtpPacket => ({
  sequence: sequence & 0xffff,
  marker: true,
  timestamp: sequence * 3000,
  payload,
  arrivalMs: 0,
  ...options,
})

function reorder() {
  const delivered: number[] = []
  const skipped: number[] = []
  const queue = new Reorder(
    ({ sequence }) => delivered.push(sequence),
    (count) => skipped.push(count),
    100,
  )
  return { queue, delivered, skipped }
}

t.test('a packet is read past its extension and short of its padding', async (t) => {
  const bytes = Buffer.from('b0e4fffe00000bb80000000abede0001aabbccdd416203000003', 'hex')
  t.match(parseRtp(bytes, 5), { marker: true, sequence: 0xfffe, timestamp: 3000, arrivalMs: 5 })
  t.equal(parseRtp(bytes, 5)!.payload.toString('hex'), '416203')
  t.equal(parseRtp(bytes.subarray(0, 11), 5), undefined)
  t.equal(parseRtp(Buffer.from('90e4fffe00000bb80000000abede00ff', 'hex'), 5), undefined, 'its extension does not end')
})

t.test('packets come out in order over the wrap of their numbers', async (t) => {
  const { queue, delivered, skipped } = reorder()
  for (const sequence of [65_534, 65_536, 65_535, 65_538, 65_537, 65_536]) queue.push(packet(sequence))
  t.strictSame(delivered, [65_534, 65_535, 0, 1, 2])
  t.strictSame(skipped, [])
  t.equal(queue.reordered, 2)
  t.equal(queue.late, 1, 'the second of two')
})

t.test('what does not come is given up after a while, and what comes later is too late', async (t) => {
  const { queue, delivered, skipped } = reorder()
  queue.push(packet(1))
  queue.push(packet(4, undefined, { arrivalMs: 10 }))
  queue.drain(90)
  t.strictSame(delivered, [1])
  queue.drain(110)
  t.strictSame([delivered, skipped], [[1, 4], [2]])
  queue.push(packet(2))
  t.strictSame([queue.lost, queue.late], [2, 1])
})

t.test('numbers are unwrapped to the nearest', async (t) => {
  t.equal(unwrap(2, 65_535, 16), 65_538)
  t.equal(unwrap(65_535, 65_538, 16), 65_535)
  t.equal(unwrap(5, 2 ** 32 + 4_294_967_290, 32), 2 * 2 ** 32 + 5)
})

function depacketizer() {
  const units: AccessUnit[] = []
  const state = { broken: 0 }
  const made = new H264Depacketizer(
    (unit) => units.push(unit),
    () => (state.broken += 1),
  )
  return { made, units, state }
}
const slice = Buffer.concat([Buffer.from([0x65, 0x88]), Buffer.alloc(3000, 7)])

t.test('fragments, aggregates and single units become the picture they were', async (t) => {
  const { made, units } = depacketizer()
  const nals = [Buffer.from([0x67, 1, 2]), Buffer.from([0x68, 3]), slice]
  const sent = new RtpStream(1, 90_000).picture(0, { key: true, nals }).map((bytes) => parseRtp(bytes, 0)!)
  t.equal(sent.length, 4)
  for (const each of sent) made.push(each)
  t.equal(units.length, 1)
  t.equal(units[0]!.key, true)
  t.strictSame(
    units[0]!.nals.map((nal) => Buffer.concat(nal)),
    nals,
  )
})

t.test('a picture that misses a packet is not given, and the key frame after a loss is', async (t) => {
  const { made, units, state } = depacketizer()
  const stream = new RtpStream(1, 90_000)
  const picture = (ms: number) => stream.picture(ms, { key: true, nals: [slice] }).map((bytes) => parseRtp(bytes, 0)!)
  const [first, , last] = picture(0)
  made.push(first!)
  made.lost()
  made.push(last!)
  t.equal(units.length, 0)
  t.ok(state.broken > 0)
  made.lost()
  for (const each of picture(33)) made.push(each)
  t.equal(units.length, 1)
})

t.test('a picture without an end is forgotten, and the next one is given', async (t) => {
  const { made, units, state } = depacketizer()
  const piece = Buffer.alloc(60_000, 1)
  const fragment = (header: number) => Buffer.concat([Buffer.from([0x7c, header]), piece])
  made.push(packet(0, fragment(0x85), { marker: false, timestamp: 0 }))
  for (let sequence = 1; sequence < 100; sequence++)
    made.push(packet(sequence, fragment(0x05), { marker: false, timestamp: 0 }))
  made.push(packet(100, fragment(0x45), { timestamp: 0 }))
  t.strictSame([units.length, state.broken], [0, 1])
  for (const bytes of new RtpStream(1, 90_000).picture(33, { key: true, nals: [slice] })) made.push(parseRtp(bytes, 0)!)
  t.equal(units.length, 1)
})

t.test(
  'reports put both streams of a sender on one clock, whatever that says, through a wrap and without a jump',
  async (t) => {
    const offset = new SenderOffset()
    const [video, audio] = [new RtpClock(90_000, offset), new RtpClock(48_000, offset)]
    const [pictures, sound] = [new RtpStream(1, 90_000), new RtpStream(2, 48_000)]
    const ahead = 5_000_000
    let [before, skew] = [Number.NEGATIVE_INFINITY, 0]
    for (let ms = 0; ms < 20_000; ms += 20) {
      // Pictures take longer on their way than sound.
      const seen = video.at(pictures.timestampAt(ms), ms + 90)
      const heard = audio.at(sound.timestampAt(ms), ms + 30)
      t.ok(seen > before, 'time goes on')
      before = seen
      skew = seen - heard
      if (ms === 500) video.reported(ms + 20 + ahead, pictures.timestampAt(ms + 20), ms + 40)
      if (ms === 5000) audio.reported(ms + ahead, sound.timestampAt(ms), ms + 20)
    }
    t.ok(Math.abs(skew) < 1, `${skew} ms apart`)
    t.ok(Math.abs(before - (19_980 + 20)) < 1, 'when it was captured, and the shortest way')
  },
)

t.test('parameter sets say size, profile and order', async (t) => {
  const sps = parseSps(Buffer.from('Z0LAHtwQE7ARAAADAAEAAAMAAg8WL4A=', 'base64'))
  t.match(sps, { codecs: 'avc1.42c01e', width: 256, height: 144, macroblocks: 144, pocType: 2, framesOnly: true })
  t.match(parsePps(Buffer.from('aM4PLIA=', 'base64')), { id: 0, cabac: false, sliceGroups: false })
  t.throws(() => parseSps(Buffer.from([0x67, 0x42])))
})

t.test('parameter sets beyond the standard are none', async (t) => {
  const head = () => new BitWriter().bits(0x67, 8).bits(66, 8).bits(0, 8).bits(30, 8).unsigned(0)
  const sized = (frameNum: number, poc: number, columns: number) =>
    head().unsigned(frameNum).unsigned(0).unsigned(poc).unsigned(1).flag(false).unsigned(columns).unsigned(8)
  const sps = (...fields: [number, number, number]) =>
    Buffer.from(
      escaped(
        sized(...fields)
          .flag(true)
          .flag(true)
          .flag(false)
          .flag(false)
          .end(),
      ),
    )
  t.match(parseSps(sps(12, 12, 1023)), { frameNumBits: 16, pocBits: 16, width: 16_384 })
  t.throws(() => parseSps(sps(13, 0, 15)), RangeError)
  t.throws(() => parseSps(sps(2 ** 30, 0, 15)), RangeError)
  t.throws(() => parseSps(sps(0, 2 ** 30, 15)), RangeError)
  t.throws(() => parseSps(sps(0, 0, 2 ** 30)), RangeError)
  t.throws(() => parsePps(new BitWriter().bits(0x68, 8).unsigned(256).bits(0, 32).end()), RangeError)
})

t.test('bytes that look like start codes are hidden and found again', async (t) => {
  const payload = Buffer.from([0, 0, 1, 0, 0, 0, 0, 0, 3, 9])
  t.equal(escaped(payload).toString('hex'), '00000301000003000003000309')
  t.strictSame(unescaped(escaped(payload)), payload)
  t.equal(new BitWriter().unsigned(0).unsigned(5).signed(-1).end().toString('hex'), '99c0')
})

t.test('packets of Opus last what their first byte says', async (t) => {
  const table: [number[], number][] = [
    [[0xf8], 960],
    [[0xf9], 1920],
    [[0xfb, 3], 2880],
    [[0x00], 480],
    [[0x18], 2880],
    [[0x60], 480],
    [[0xe0], 120],
    [[0xfb, 6], 5760],
    [[0xfb, 7], 0],
    [[0x1b, 63], 0],
    [[], 0],
  ]
  for (const [bytes, ticks] of table) t.equal(opusTicks(Buffer.from(bytes)), ticks, `${bytes}`)
})
