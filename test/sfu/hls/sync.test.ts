import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { AudioInput } from '../../../sfu/hls/audio-lane.ts'
import { Broadcast } from '../../../sfu/hls/broadcast.ts'
import { RtpClock, SenderOffset } from '../../../sfu/hls/clock.ts'
import { Muxer } from '../../../sfu/hls/muxer.ts'
import { defaultHlsOptions, noRecorder } from '../../../sfu/hls/ports.ts'
import { H264Input } from '../../../sfu/hls/video-input.ts'
import { VideoLane } from '../../../sfu/hls/video-lane.ts'
import { soundIsLateByMs } from '../../support/flash-and-beep.ts'
import { makePictures, makeSound, RtpStream } from '../../support/made-up-sender.ts'
import { silentLog } from '../../support/silent-log.ts'

const STARTED_AT = Date.UTC(2026, 0, 1)
const SECONDS = 14
/** Until the reports of the sender have mended what was guessed before them. */
const SETTLED_AFTER_SECONDS = 5
const SENDER_AHEAD_MS = 123_456
/** The picture is on its way for longer than the sound, so that arrival alone would part them by this much. */
const NETWORK_MS = { picture: 160, sound: 40 }
const NOW_AND_THEN = 'lt(mod(t,1),0.2)'

/** A class whose picture flashes and whose sound beeps in the first fifth of every second: its files, by key. */
async function flashAndBeep(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const flash = `color=c=black:s=320x180:r=30,drawbox=c=white:t=fill:enable='${NOW_AND_THEN}'`
  const pictures = await makePictures('320x180', SECONDS * 30, 60, 30, flash)
  const packets = await makeSound(`aevalsrc='if(${NOW_AND_THEN},sin(6283*t),0)':s=48000`, SECONDS)
  const segmentStore = {
    put: async (key: string, bytes: Uint8Array) => void files.set(key, bytes),
    read: async () => undefined,
  }
  const options = defaultHlsOptions
  const given = { lessonId: 'lesson', startedAt: STARTED_AT, options, segmentStore, nextInit: {} }
  const broadcast = new Broadcast({ ...given, recorder: noRecorder, log: silentLog })
  let now = STARTED_AT
  const muxer = new Muxer({ broadcast, firstMsn: 0, requestKeyFrame() {} }, now)
  const offset = new SenderOffset()
  const lane = new VideoLane({
    startedAt: STARTED_AT,
    health: broadcast.health,
    needKey() {},
    arrived: (seconds, key) => muxer.arrived(seconds, key, now),
  })
  const camera = new H264Input(lane, new RtpClock(90_000, offset))
  const input = new AudioInput(muxer.sound, new RtpClock(48_000, offset))
  const [video, audio] = [new RtpStream(1, 90_000), new RtpStream(2, 48_000)]
  muxer.show([lane])
  const report = (to: H264Input | AudioInput, stream: RtpStream, networkMs: number) =>
    to.reported(now - networkMs + SENDER_AHEAD_MS, stream.timestampAt(now - networkMs), now)
  let [picture, packet] = [0, 0]
  for (; now < STARTED_AT + SECONDS * 1000; now += 5) {
    const at = now - STARTED_AT
    for (; picture < pictures.length && (picture * 1000) / 30 + NETWORK_MS.picture <= at; picture++)
      for (const bytes of video.picture(STARTED_AT + (picture * 1000) / 30, pictures[picture]!)) camera.push(bytes, now)
    for (; packet < packets.length && packet * 20 + NETWORK_MS.sound <= at; packet++)
      input.push(audio.packet(STARTED_AT + packet * 20, packets[packet]!, false), now)
    if (at % 1000 === 500) report(camera, video, NETWORK_MS.picture)
    if (at % 1000 === 700) report(input, audio, NETWORK_MS.sound)
    if (at % 20 === 0) muxer.tick(now)
  }
  muxer.end(now)
  await broadcast.end()
  return files
}

t.test('what is seen and heard at once stays together, however long each was on its way', async (t) => {
  const files = await flashAndBeep()
  const folder = t.testdir()
  const whole = (rendition: string) => {
    const numbered = (name: RegExp) =>
      [...files]
        .flatMap(([key, bytes]) => {
          const number = key.includes(`/${rendition}/`) && name.exec(key)?.[1]
          return number ? [{ number: Number(number), bytes }] : []
        })
        .sort((a, b) => a.number - b.number)
        .map(({ bytes }) => bytes)
    const pieces = [numbered(/init-(\d+)\.mp4$/).at(-1)!, ...numbered(/\/(\d+)\.m4s$/)]
    const file = join(folder, `${rendition}.mp4`)
    writeFileSync(file, Buffer.concat(pieces))
    return file
  }
  const offsets = await soundIsLateByMs(whole('v0'), whole('opus'), SETTLED_AFTER_SECONDS)
  t.ok(offsets.length >= 7)
  t.comment(`the sound is late by ${offsets} ms`)
  t.ok(offsets.every((offset) => Math.abs(offset) < 45))
})
