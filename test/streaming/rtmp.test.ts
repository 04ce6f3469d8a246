import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { freePort, makeAccount, openServer } from '../support/server.ts'

const rtmpPort = await freePort()
const server = await openServer({ BROADCAST: 'true', RTMP_PORT: String(rtmpPort) })
t.teardown(() => server.close())
const teacher = { ...(await makeAccount(server, 'teacher', 'Ms Lamp', 'teacher')), sessionId: 'test' }
const address = `rtmp://127.0.0.1:${rtmpPort}/live`

async function newLesson() {
  const lesson = await server.lessons.create(teacher, { title: 'Lamps', startsAt: Date.now() + 60_000 })
  const { key } = await server.streaming.makeKey(teacher, lesson.id)
  return { lesson, key }
}

type Publisher = { exited: Promise<unknown>; kill(): void }

function start(t: { teardown(end: () => unknown): void }, program: string, args: string[]): Publisher {
  const child = spawn(program, args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return { exited, kill: () => void child.kill('SIGKILL') }
}

const ffmpeg = (t: { teardown(end: () => unknown): void }, key: string, ...encoding: string[]) =>
  start(t, 'ffmpeg', [
    ...['-loglevel', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x240:rate=25'],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', ...encoding, '-c:a', 'aac'],
    ...['-f', 'flv', `${address}/${key}`],
  ])

async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look()
    if (found) return found
    await pause(100)
  }
  throw new Error(`never came true: ${look}`)
}

/** Waits until picture and sound of this lesson arrive, and tells how. */
const arriving = (lessonId: string) =>
  until(async () => {
    const room = server.media.room(lessonId)
    const ids = room?.publications().map(({ producerId }) => producerId) ?? []
    const figures = ids.length === 2 && (await room!.figuresOf(ids))
    return figures && figures.framesPerSecond !== null && figures.keyFrameSeconds !== null && figures
  })

t.test('ffmpeg streams into the class with the key of the lesson, and its picture goes through as it is', async (t) => {
  const { lesson, key } = await newLesson()
  ffmpeg(t, key, '-bf', '0', '-profile:v', 'main', '-pix_fmt', 'yuv420p')
  const figures = await arriving(lesson.id)
  t.equal(figures.keyFrameSeconds, 1, 'the distance of its key frames is its own')
  t.ok(figures.framesPerSecond! >= 15 && figures.framesPerSecond! <= 30, `${figures.framesPerSecond} frames a second`)
  t.ok(figures.kilobitsPerSecond > 0)
  t.strictSame(
    server.media
      .room(lesson.id)!
      .publications()
      .map(({ peerId, source }) => [peerId, source])
      .sort(),
    [
      [teacher.id, 'camera'],
      [teacher.id, 'microphone'],
    ],
  )
  t.equal(server.rooms.onlineIn(lesson.id), 1, 'the teacher is there')
  t.strictSame(await warningsOf(lesson.id), [])
  await (await server.rooms.enter(lesson.id)).startClass({
    peerId: teacher.id,
    displayName: 'Ms Lamp',
    role: 'teacher',
  })
  const live = await until(() => server.media.liveBroadcast(lesson.id))
  await until(async () => (await live.multivariant()).includes('RESOLUTION=320x240'))
})

t.test('a picture with B-frames is made anew, and its teacher is told', async (t) => {
  const { lesson, key } = await newLesson()
  ffmpeg(t, key, '-bf', '2', '-b_strategy', '0', '-pix_fmt', 'yuv420p')
  const figures = await arriving(lesson.id)
  t.equal(figures.keyFrameSeconds, 2, 'with key frames of ours')
  t.strictSame(await warningsOf(lesson.id), ['b_frames'])
})

t.test('GStreamer streams into the class', async (t) => {
  const { lesson, key } = await newLesson()
  start(t, 'gst-launch-1.0', [
    ...'flvmux name=mux streamable=true ! rtmp2sink'.split(' '),
    `location=${address}/${key}`,
    ...'videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=25/1'.split(' '),
    ...'! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bframes=0 ! h264parse ! mux.'.split(' '),
    ...'audiotestsrc is-live=true ! audioconvert ! audio/x-raw,rate=48000,channels=2 ! voaacenc ! aacparse ! mux.'.split(
      ' ',
    ),
  ])
  const figures = await arriving(lesson.id)
  t.equal(figures.keyFrameSeconds, 1)
  t.strictSame(await warningsOf(lesson.id), [])
})

t.test('an encoder that stops leaves nothing in the room', async (t) => {
  const { lesson, key } = await newLesson()
  const publisher = ffmpeg(t, key, '-bf', '0', '-pix_fmt', 'yuv420p')
  await arriving(lesson.id)
  publisher.kill()
  await until(() => server.media.room(lesson.id)!.publications().length === 0)
  t.pass('nothing is published')
})

t.test('a key that is reset sends its encoder away, and a key that is none lets nobody in', async (t) => {
  const { lesson, key } = await newLesson()
  const publisher = ffmpeg(t, key, '-bf', '0', '-pix_fmt', 'yuv420p')
  await until(() => (server.media.room(lesson.id)?.publications().length ?? 0) === 2)
  await server.streaming.makeKey(teacher, lesson.id)
  await until(() => server.media.room(lesson.id)!.publications().length === 0)
  await publisher.exited
  t.pass('it was cut off')
  await ffmpeg(t, key, '-bf', '0').exited
  await ffmpeg(t, 'made-up', '-bf', '0').exited
  t.equal(server.media.room(lesson.id)?.publications().length ?? 0, 0)
})

/** As the teacher's page is told. */
async function warningsOf(lessonId: string) {
  const room = await server.rooms.enter(lessonId)
  const health = await room.stage.streamHealth(room.peer(teacher.id)!)
  return health?.warnings
}
