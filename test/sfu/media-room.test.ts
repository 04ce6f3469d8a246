import { once } from 'node:events'
import type { types as mediasoup } from 'mediasoup'
import t from 'tap'
import { createMedia } from '../../sfu/media.ts'
import { WorkerPool } from '../../sfu/pool.ts'
import type { MediaListener } from '../../signaling/ports.ts'
import { h264Parameters, opusParameters } from '../support/rtp.ts'
import { silentLog } from '../support/silent-log.ts'

const openPool = (count = 1, patienceMs = 10_000) =>
  WorkerPool.start({ count, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog, patienceMs })

/** Kills every worker, and waits until the pool has noticed. */
async function killAll(pool: WorkerPool): Promise<void> {
  const died = pool.workers.map(({ worker }) => once(worker, 'died'))
  for (const { worker } of pool.workers) process.kill(worker.pid, 'SIGKILL')
  await Promise.all(died)
}

type Heard = { [E in keyof MediaListener]: { event: E; args: Parameters<MediaListener[E]> } }[keyof MediaListener]

/** A listener that remembers what it was told and lets a test wait for it. */
function listener() {
  const heard: Heard[] = []
  const waiting: { event: string; resolve: () => void }[] = []
  const told = new Proxy({} as MediaListener, {
    get:
      (_, event: keyof MediaListener) =>
      (...args: never[]) => {
        heard.push({ event, args } as unknown as Heard)
        for (const wait of waiting) if (wait.event === event) wait.resolve()
      },
  })
  const until = (event: keyof MediaListener) =>
    heard.some((entry) => entry.event === event)
      ? Promise.resolve()
      : new Promise<void>((resolve) => waiting.push({ event, resolve }))
  return { told, heard, until }
}

const fingerprint = {
  algorithm: 'sha-256',
  value: Array.from({ length: 32 }, () => 'AB').join(':'),
} as const

async function publishing(media: ReturnType<typeof createMedia>, heard = listener()) {
  const room = await media.openRoom('lesson', heard.told)
  const transport = await room.createTransport('teacher', 'send', 1_000_000)
  const publish = (source: 'camera' | 'microphone', rtpParameters: mediasoup.RtpParameters) =>
    room.produce('teacher', { transportId: transport.id, source, rtpParameters })
  return { room, transport, publish, ...heard }
}

t.test('on one worker', async (t) => {
  const pool = await openPool()
  t.teardown(() => pool.close())
  const media = createMedia(pool)

  t.test('H.264 constrained baseline comes first, then VP8, and Opus is the sound', async (t) => {
    const codecs = media.rtpCapabilities.codecs!.map(({ mimeType }) => mimeType.toLowerCase())
    const named = codecs.filter((mimeType) => !mimeType.endsWith('/rtx'))
    t.strictSame(named, ['video/h264', 'video/vp8', 'audio/opus'])
    t.equal(media.rtpCapabilities.codecs![0]!.parameters!['profile-level-id'], '42e01f')
  })

  t.test('a transport offers UDP first and TCP beside it', async (t) => {
    const { transport, room } = await publishing(media)
    t.teardown(() => room.close())
    const protocols = transport.iceCandidates.map(({ protocol, priority }) => ({ protocol, priority }))
    t.strictSame(new Set(protocols.map(({ protocol }) => protocol)), new Set(['udp', 'tcp']))
    const best = protocols.sort((a, b) => b.priority - a.priority)[0]!
    t.equal(best.protocol, 'udp')
  })

  t.test('a producer is consumed by those who can play it, paused at first', async (t) => {
    const { room, publish, heard } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('camera', h264Parameters())
    t.ok(heard.some(({ event }) => event === 'published'))
    t.equal(await room.consume('student', producerId, media.rtpCapabilities, 1), undefined, 'not before a transport')
    await room.createTransport('student', 'recv', 0)
    const consumer = await room.consume('student', producerId, media.rtpCapabilities, 200)
    t.match(consumer, { producerId, peerId: 'teacher', source: 'camera', kind: 'video', spatialLayers: 3 })
    t.equal(await room.consume('student', producerId, media.rtpCapabilities, 1), undefined, 'not twice')
    await room.pauseConsumer('student', consumer!.id, false)
    await room.setPreferredLayers('student', consumer!.id, { spatialLayer: 1 })
    t.match(room.standingOf('student'), { transports: true, consumers: [{ consumerId: consumer!.id }] })
  })

  t.test('a browser without the codec is offered nothing', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('camera', h264Parameters())
    await room.createTransport('student', 'recv', 0)
    const soundOnly = { codecs: media.rtpCapabilities.codecs!.filter(({ kind }) => kind === 'audio') }
    t.equal(await room.consume('student', producerId, soundOnly, 1), undefined)
  })

  t.test('a browser that plays only VP8 still hears a teacher who sends H.264', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const [camera, microphone] = [
      await publish('camera', h264Parameters()),
      await publish('microphone', opusParameters()),
    ]
    await room.createTransport('student', 'recv', 0)
    const h264 = media.rtpCapabilities.codecs!.find(({ mimeType }) => mimeType === 'video/H264')!
    const withoutH264 = media.rtpCapabilities.codecs!.filter(
      (codec) => codec !== h264 && codec.parameters?.apt !== h264.preferredPayloadType,
    )
    const vp8Only = { ...media.rtpCapabilities, codecs: withoutH264 }
    t.ok(withoutH264.some(({ mimeType }) => mimeType === 'video/VP8'))
    t.equal(await room.consume('student', camera.producerId, vp8Only, 1), undefined)
    t.match(await room.consume('student', microphone.producerId, vp8Only, 1), { kind: 'audio' })
  })

  t.test('what stands by is paused and offered to nobody, until it is shown', async (t) => {
    const { room, until, heard } = await publishing(media)
    t.teardown(() => room.close())
    const transport = await room.createTransport('speaker', 'send', 1_000_000)
    await room.createTransport('student', 'recv', 0)
    const ready = { transportId: transport.id, source: 'camera', standby: true } as const
    const { producerId } = await room.produce('speaker', { ...ready, rtpParameters: h264Parameters() })
    t.strictSame(room.publications(), [])
    t.match(room.standby('speaker'), [{ producerId, paused: true }])
    t.equal(await room.consume('student', producerId, media.rtpCapabilities, 1), undefined)
    t.notOk(heard.some(({ event }) => event === 'published'))
    await room.pauseProducer('speaker', producerId, false)
    t.strictSame(room.publications(), [], 'though it may flow')
    await room.show('speaker', producerId)
    await until('published')
    t.match(room.publications(), [{ producerId, paused: false }])
    t.strictSame(room.standby('speaker'), [])
    t.match(await room.consume('student', producerId, media.rtpCapabilities, 1), { producerPaused: false })
  })

  t.test('what stands by is closed by its sender, and by nobody else', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId: shown } = await publish('camera', h264Parameters())
    const { id: transportId } = await room.createTransport('speaker', 'send', 1_000_000)
    const ready = { transportId, source: 'camera', standby: true, rtpParameters: h264Parameters() } as const
    const { producerId } = await room.produce('speaker', ready)
    t.throws(() => room.closeProducer('teacher', producerId), { code: 'not_found' })
    t.throws(() => room.closeProducer('speaker', shown), { code: 'not_found' })
    room.closeProducer('speaker', producerId)
    t.strictSame(room.standby('speaker'), [])
    t.equal(room.publications().length, 1)
  })

  t.test('pictures are weighed against each other once there are several', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const consumers: mediasoup.Consumer[] = []
    room.router.observer.on('newtransport', (transport) =>
      transport.observer.on('newconsumer', (consumer) => consumers.push(consumer)),
    )
    const other = await room.createTransport('speaker', 'send', 1_000_000)
    await room.createTransport('student', 'recv', 0)
    const { producerId: first } = await publish('camera', h264Parameters())
    await room.consume('student', first, media.rtpCapabilities, 200)
    t.equal(consumers[0]?.priority, 1, 'one needs no weight')
    const spoken = { transportId: other.id, source: 'camera', rtpParameters: h264Parameters(1) } as const
    const { producerId: second } = await room.produce('speaker', spoken)
    await room.consume('student', second, media.rtpCapabilities, 1)
    // The worker takes requests in order: what was asked before this has been done by its answer.
    await consumers[1]!.dump()
    t.strictSame(
      consumers.map(({ priority }) => priority),
      [200, 1],
    )
  })

  t.test('a new send transport ends what the old one sent, and tells its owner nothing', async (t) => {
    const { room, publish, until, heard } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    await room.createTransport('student', 'recv', 0)
    await room.consume('student', producerId, media.rtpCapabilities, 1)
    await room.createTransport('teacher', 'send', 1_000_000)
    await until('consumerClosed')
    t.strictSame(room.publications(), [])
    t.strictSame(
      heard.map(({ event }) => event),
      ['published', 'consumerClosed'],
    )
  })

  t.test('closing a producer closes its consumers', async (t) => {
    const { room, publish, until } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    await room.createTransport('student', 'recv', 0)
    await room.consume('student', producerId, media.rtpCapabilities, 1)
    room.closeProducer('teacher', producerId)
    await until('consumerClosed')
    t.strictSame(room.publications(), [])
    t.strictSame(room.standingOf('student').consumers, [])
  })

  t.test('a pause reaches those who consume', async (t) => {
    const { room, publish, until, heard } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    await room.createTransport('student', 'recv', 0)
    await room.consume('student', producerId, media.rtpCapabilities, 1)
    await room.pauseProducer('teacher', producerId, true)
    await until('consumerPaused')
    t.ok(heard.some(({ event, args }) => event === 'consumerPaused' && args[2] === true))
  })

  t.test('one peer cannot touch what belongs to another', async (t) => {
    const { room, publish, transport } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    t.throws(() => room.closeProducer('student', producerId), { code: 'not_found' })
    await t.rejects(room.restartIce('student', transport.id), { code: 'not_found' })
    const intruder = room.produce('student', {
      transportId: transport.id,
      source: 'camera',
      rtpParameters: h264Parameters(),
    })
    await t.rejects(intruder, { code: 'not_found' })
  })

  t.test('a producer of another room cannot be consumed', async (t) => {
    const { room, publish } = await publishing(media)
    const other = await media.openRoom('other', listener().told)
    t.teardown(() => [room, other].map((each) => each.close()))
    const { producerId } = await publish('microphone', opusParameters())
    await other.createTransport('student', 'recv', 0)
    t.equal(await other.consume('student', producerId, media.rtpCapabilities, 1), undefined)
  })

  t.test('RTP parameters of nonsense are the client’s mistake, and the worker survives', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const nonsense: Partial<mediasoup.RtpParameters>[] = [
      { codecs: [] },
      { codecs: [{ mimeType: 'video/H266', payloadType: 100, clockRate: 90_000 }] },
      { encodings: [] },
      { encodings: [{}, {}] },
      { encodings: [{ ssrc: 1 }, { ssrc: 1 }] },
      { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }] },
    ]
    for (const wrong of nonsense) {
      const { codecs } = wrong
      const refused = publish('camera', { ...h264Parameters(1), ...wrong } as mediasoup.RtpParameters)
      await t.rejects(refused, { code: 'bad_request' }, JSON.stringify(codecs ?? wrong))
    }
    const poison = { ssrc: 7, codecPayloadType: { valueOf: 1, toString: 1 }, scalabilityMode: ['S1T1'] }
    await publish('microphone', {
      ...opusParameters(),
      encodings: [poison as unknown as mediasoup.RtpEncodingParameters],
    })
    t.ok(await room.createTransport('student', 'recv', 0), 'the channel to the worker is whole')
    t.ok((await publish('camera', h264Parameters())).producerId, 'a sound one is still accepted')
    t.equal(pool.deaths, 0)
  })

  t.test('connecting twice is a mistake of the client', async (t) => {
    const { room, transport } = await publishing(media)
    t.teardown(() => room.close())
    await room.connectTransport('teacher', transport.id, { fingerprints: [fingerprint], role: 'client' })
    const again = room.connectTransport('teacher', transport.id, { fingerprints: [fingerprint], role: 'client' })
    await t.rejects(again, { code: 'bad_request' })
  })

  t.test('an ICE restart gives new credentials', async (t) => {
    const { room, transport } = await publishing(media)
    t.teardown(() => room.close())
    const fresh = await room.restartIce('teacher', transport.id)
    t.not(fresh.usernameFragment, transport.iceParameters.usernameFragment)
  })

  t.test('closing a peer closes all it had', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    await publish('microphone', opusParameters())
    room.closePeer('teacher')
    t.strictSame(room.publications(), [])
    t.equal(room.standingOf('teacher').transports, false)
  })

  t.test('what a peer that leaves had asked for is not handed out', async (t) => {
    const { room, publish, heard } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    await room.createTransport('student', 'recv', 0)
    const transports: mediasoup.Transport[] = []
    room.router.observer.on('newtransport', (transport) => transports.push(transport))
    const asked = Promise.allSettled([
      room.createTransport('student', 'send', 1_000_000),
      room.consume('student', producerId, media.rtpCapabilities, 1),
      publish('camera', h264Parameters()),
    ])
    for (const peerId of ['student', 'teacher']) room.closePeer(peerId)
    t.match(await asked, Array(3).fill({ status: 'rejected', reason: { code: 'not_found' } }))
    t.strictSame(room.publications(), [])
    t.strictSame(room.standingOf('student'), { transports: false, producers: [], consumers: [] })
    t.ok(transports.every(({ closed }) => closed))
    t.equal(heard.filter(({ event }) => event === 'published').length, 1)
    await t.rejects(publish('camera', h264Parameters()), { code: 'not_found' })
  })

  t.test('a send transport that is replaced publishes nothing more', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const camera = t.rejects(publish('camera', h264Parameters()), { code: 'not_found' })
    const { id } = await room.createTransport('teacher', 'send', 1_000_000)
    await camera
    t.strictSame(room.publications(), [])
    await t.rejects(publish('camera', h264Parameters()), { code: 'not_found' }, 'the old transport is unknown')
    const again = { transportId: id, source: 'camera', rtpParameters: h264Parameters() } as const
    t.ok(await room.produce('teacher', again))
  })

  t.test('a new recv transport is offered what the old one was just being offered', async (t) => {
    const { room, publish } = await publishing(media)
    t.teardown(() => room.close())
    const { producerId } = await publish('microphone', opusParameters())
    await room.createTransport('student', 'recv', 0)
    const consume = () => room.consume('student', producerId, media.rtpCapabilities, 1)
    const stale = t.rejects(consume(), { code: 'not_found' })
    await room.createTransport('student', 'recv', 0)
    await stale
    const consumer = await consume()
    t.ok(consumer)
    t.strictSame(
      room.standingOf('student').consumers.map(({ consumerId }) => consumerId),
      [consumer!.id],
    )
  })

  t.test('two transports asked for at once leave one', async (t) => {
    const { room } = await publishing(media)
    t.teardown(() => room.close())
    const open: mediasoup.Transport[] = []
    room.router.observer.on('newtransport', (transport) => open.push(transport))
    const [, last] = await Promise.allSettled([
      room.createTransport('student', 'recv', 0),
      room.createTransport('student', 'recv', 0),
    ])
    t.equal(last.status, 'fulfilled')
    t.equal(open.filter(({ closed }) => !closed).length, 1)
  })
})

t.test('rooms that open at once spread over the workers', async (t) => {
  const pool = await openPool(2)
  t.teardown(() => pool.close())
  const media = createMedia(pool)
  const open = (id: number) => media.openRoom(`lesson-${id}`, listener().told)
  const rooms = await Promise.all(Array.from({ length: 10 }, (_, id) => open(id)))
  const counts = () => pool.workers.map(({ routers }) => routers)
  const servers = rooms.map(({ webRtcServerId }) => webRtcServerId)
  for (const { webRtcServer } of pool.workers) t.equal(servers.filter((id) => id === webRtcServer.id).length, 5)
  t.strictSame(counts(), [5, 5])
  for (const room of rooms) room.close()
  t.strictSame(counts(), [0, 0])
})

t.test('with workers that die', async (t) => {
  const pool = await openPool(2)
  t.teardown(() => pool.close())
  const media = createMedia(pool)

  t.test('only the rooms of the dead worker are reset, and they work again', async (t) => {
    const [first, second] = [await publishing(media), await publishing(media)]
    t.teardown(() => [first.room, second.room].map((room) => room.close()))
    const index = pool.workers.findIndex(({ webRtcServer }) => webRtcServer.id === first.room.webRtcServerId)
    const doomed = pool.workers[index]!
    await first.publish('microphone', opusParameters())
    await second.publish('microphone', opusParameters())
    t.not(first.room.webRtcServerId, second.room.webRtcServerId, 'rooms spread over the workers')
    process.kill(doomed.worker.pid, 'SIGKILL')
    await first.until('mediaReset')
    t.not(first.room.webRtcServerId, doomed.webRtcServer.id)
    t.ok(await first.room.createTransport('teacher', 'send', 1_000_000))
    t.notOk(second.heard.some(({ event }) => event === 'mediaReset'))
    t.equal(second.room.publications().length, 1)
  })

  t.test('a dead worker is replaced', async (t) => {
    const pids = pool.workers.map(({ worker }) => worker.pid)
    process.kill(pids[0]!, 'SIGKILL')
    for (
      let tries = 0;
      tries < 100 && (pool.workers.length < 2 || pool.workers.some(({ worker }) => worker.pid === pids[0]));
      tries++
    )
      await new Promise((resolve) => setTimeout(resolve, 50))
    t.equal(pool.workers.length, 2)
    t.notOk(pool.workers.some(({ worker }) => worker.pid === pids[0]))
  })

  t.test('a room waits for a worker where all have died', async (t) => {
    await killAll(pool)
    const room = await media.openRoom('late', listener().told)
    t.teardown(() => room.close())
    t.ok(await room.createTransport('teacher', 'send', 1_000_000))
  })

  t.test('a room whose worker dies while it opens, opens on another', async (t) => {
    for (const { worker } of pool.workers) process.kill(worker.pid, 'SIGSTOP')
    const opening = media.openRoom('unlucky', listener().told)
    await killAll(pool)
    const room = await opening
    t.teardown(() => room.close())
    t.ok(await room.createTransport('teacher', 'send', 1_000_000))
  })
})

t.test('nobody waits for workers that do not come back', async (t) => {
  t.test('those who wait are told when the pool closes', async (t) => {
    const pool = await openPool()
    const media = createMedia(pool)
    const { room } = await publishing(media)
    await killAll(pool)
    const waiting = [media.openRoom('late', listener().told), room.createTransport('teacher', 'send', 1_000_000)]
    const told = Promise.all(waiting.map((each) => t.rejects(each as Promise<unknown>, { code: 'unavailable' })))
    await pool.close()
    await told
    await t.rejects(media.openRoom('later', listener().told), { code: 'unavailable' })
  })

  t.test('a new room gives up after a while, an open one does not', async (t) => {
    const pool = await openPool(1, 1)
    t.teardown(() => pool.close())
    const media = createMedia(pool)
    const { room, until } = await publishing(media)
    t.teardown(() => room.close())
    await killAll(pool)
    await t.rejects(media.openRoom('late', listener().told), { code: 'unavailable' })
    await until('mediaReset')
    t.ok(await room.createTransport('teacher', 'send', 1_000_000))
  })
})
