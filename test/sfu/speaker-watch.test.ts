import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { createMedia } from '../../sfu/media.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { WorkerPool } from '../../sfu/pool.ts'
import type { MediaListener } from '../../signaling/ports.ts'
import { opusParameters } from '../support/rtp.ts'
import { silentLog } from '../support/silent-log.ts'

const LEVEL_EXTENSION = 10
const PACKET_MS = 20
const SAMPLES_PER_PACKET = 960
/** Sound that never changes is taken for noise: two packets of each syllable are quiet. */
const SYLLABLE_PACKETS = 10
const LOUD = 20
const QUIET = 90
const SILENT = 127

const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
t.teardown(() => pool.close())

/** A room that remembers who it was told speaks, and lets a test wait for it. */
async function openRoom() {
  const told: (string | null)[] = []
  const waiting = new Set<() => void>()
  const dominantSpeaker = (peerId: string | null) => {
    told.push(peerId)
    for (const look of waiting) look()
  }
  const listener = { dominantSpeaker, published() {}, producerScore() {} } as unknown as MediaListener
  const room = await createMedia(pool).openRoom('lesson', listener)
  const until = (speaker: string | null) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (told.at(-1) !== speaker) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  return { room, told, until }
}

/** A microphone of this peer that sends RTP, with the levels of speech or of silence. */
async function openMicrophone(room: MediaRoom, peerId: string) {
  const transport = await room.router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    comedia: true,
  })
  const parameters = opusParameters()
  const headerExtensions = [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: LEVEL_EXTENSION } as const]
  const producer = await transport.produce({ kind: 'audio', rtpParameters: { ...parameters, headerExtensions } })
  room.publish(peerId, 'microphone', producer)
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const microphone = { speaks: false, producer, close }
  let sequence = 0
  const sending = setInterval(() => {
    const level = !microphone.speaks ? SILENT : sequence % SYLLABLE_PACKETS < 2 ? QUIET : LOUD
    socket.send(packet(parameters.encodings![0]!.ssrc!, sequence++, level), transport.tuple.localPort, '127.0.0.1')
  }, PACKET_MS)
  function close() {
    clearInterval(sending)
    socket.close()
    transport.close()
  }
  return microphone
}

function packet(ssrc: number, sequence: number, level: number): Buffer {
  const bytes = Buffer.alloc(12 + 8 + 40)
  bytes.writeUInt8(0x90, 0)
  bytes.writeUInt8(111, 1)
  bytes.writeUInt16BE(sequence & 0xffff, 2)
  bytes.writeUInt32BE(sequence * SAMPLES_PER_PACKET, 4)
  bytes.writeUInt32BE(ssrc, 8)
  bytes.writeUInt16BE(0xbede, 12)
  bytes.writeUInt16BE(1, 14)
  bytes.writeUInt8(LEVEL_EXTENSION << 4, 16)
  bytes.writeUInt8((level === SILENT ? 0 : 0x80) | level, 17)
  return bytes
}

t.test('who speaks is told, and that nobody does', async (t) => {
  const { room, told, until } = await openRoom()
  const [teacher, student] = [await openMicrophone(room, 'teacher'), await openMicrophone(room, 'student')]
  t.teardown(() => [teacher, student, room].map((each) => each.close()))
  teacher.speaks = true
  await until('teacher')
  teacher.speaks = false
  await until(null)
  student.speaks = true
  await until('student')
  student.speaks = false
  await until(null)
  t.ok(told.lastIndexOf('teacher') < told.indexOf('student'), 'never the one for the other')
})

t.test('a speaker whose microphone closes speaks no more', async (t) => {
  const { room, told, until } = await openRoom()
  const teacher = await openMicrophone(room, 'teacher')
  t.teardown(() => [teacher, room].map((each) => each.close()))
  teacher.speaks = true
  await until('teacher')
  teacher.producer.close()
  t.equal(told.at(-1), null)
})
