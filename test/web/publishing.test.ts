import t from 'tap'
import type { Transport } from '../../signaling/protocol/media.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { Publishing } from '../../web/src/classroom/publishing.ts'
import { RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import { FakeDevice, FakeServer, fakeTrack, settle } from './fake-media.ts'

function open() {
  const server = new FakeServer()
  const device = new FakeDevice()
  const withdrawn: string[] = []
  const publishing = new Publishing({
    request: server.request,
    log: silentLog,
    onWithdrawn: (source) => withdrawn.push(source),
  })
  publishing.use(device.as(), [])
  const idOf = (source: 'camera' | 'microphone') => publishing.publications.get()[source]?.producerId ?? ''
  return { server, device, publishing, withdrawn, idOf }
}

t.test('an unmute that was lost with its socket is said again after the return', async (t) => {
  const { server, publishing, idOf } = open()
  await publishing.publish('microphone', fakeTrack('audio'), true)
  server.away = true
  await t.rejects(publishing.setPaused('microphone', false), { code: 'disconnected' })
  server.away = false
  server.take()
  const microphone = idOf('microphone')
  await publishing.keepOnly([microphone])
  t.same(server.take(), [`resumeProducer ${microphone}`])
})

t.test('a mute that was lost with its socket is said again too', async (t) => {
  const { server, publishing, idOf } = open()
  await publishing.publish('microphone', fakeTrack('audio'))
  server.away = true
  await t.rejects(publishing.setPaused('microphone', true), { code: 'disconnected' })
  server.away = false
  server.take()
  const microphone = idOf('microphone')
  await publishing.keepOnly([microphone])
  t.same(server.take(), [`pauseProducer ${microphone}`])
  t.equal(publishing.publications.get().microphone?.paused, true)
})

t.test('what no longer stands is published again, as muted as it was', async (t) => {
  const { server, publishing, idOf } = open()
  await publishing.publish('microphone', fakeTrack('audio'), true)
  const earlier = idOf('microphone')
  server.take()
  await publishing.keepOnly([])
  t.not(idOf('microphone'), earlier)
  t.same(server.take(), ['produce microphone', `pauseProducer ${idOf('microphone')}`])
})

t.test('what was switched off while the socket was dead is closed on the server after the return', async (t) => {
  const { server, publishing, idOf } = open()
  await publishing.publish('camera', fakeTrack('video'))
  const camera = idOf('camera')
  server.away = true
  await t.rejects(publishing.unpublish('camera'), { code: 'disconnected' })
  server.away = false
  server.take()
  await publishing.keepOnly([camera])
  t.same(server.take(), [`closeProducer ${camera}`])
})

t.test('a transport that is rebuilt publishes the camera again, whatever is told of the earlier one', async (t) => {
  const { server, device, publishing, withdrawn, idOf } = open()
  await publishing.publish('camera', fakeTrack('video'))
  const earlier = idOf('camera')
  server.answers.restartIce = () => {
    throw new RequestFailed('not_found')
  }
  server.take()
  device.transports[0]!.change('failed')
  await settle()
  publishing.withdrawn(earlier)
  t.same(server.take(), ['restartIce', 'createTransport', 'produce camera'])
  t.not(idOf('camera'), earlier)
  t.same(withdrawn, [])
  t.same([device.transports[0]!.closed, device.transports[1]!.closed], [true, false])
})

t.test('a rebuild that fails is no unhandled rejection, and the return publishes again', async (t) => {
  const { server, device, publishing, idOf } = open()
  await publishing.publish('camera', fakeTrack('video'))
  const fail = () => {
    throw new RequestFailed('unavailable')
  }
  server.answers = { restartIce: fail, createTransport: fail }
  const unhandled: unknown[] = []
  const notice = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', notice)
  t.teardown(() => process.off('unhandledRejection', notice))
  device.transports[0]!.change('failed')
  await settle()
  t.same(unhandled, [])
  server.answers = {}
  await publishing.keepOnly([])
  t.ok(idOf('camera'))
})

t.test('what the server withdrew is not published again', async (t) => {
  const { server, publishing, withdrawn, idOf } = open()
  await publishing.publish('camera', fakeTrack('video'))
  await publishing.publish('microphone', fakeTrack('audio'))
  publishing.withdrawn(idOf('microphone'))
  t.same(withdrawn, ['microphone'])
  server.take()
  await publishing.republish()
  t.same(server.take(), ['createTransport', 'produce camera'])
})

/** Answers to requests for a transport that the test gives, in any order. */
function gatedTransports(server: FakeServer) {
  const asked: ((id: string) => void)[] = []
  server.answers.createTransport = () =>
    new Promise((resolve) => asked.push((id) => resolve({ id, iceParameters: {}, iceCandidates: [] })))
  return asked
}

const standing = (device: FakeDevice) => device.transports.filter(({ closed }) => !closed).map(({ id }) => id)

t.test('a transport that the server lost while it was coming is not opened; another is asked for', async (t) => {
  const { server, device, publishing, idOf } = open()
  const asked = gatedTransports(server)
  const publishingCamera = publishing.publish('camera', fakeTrack('video'))
  await settle()
  const again = publishing.republish()
  asked[0]!('dead')
  await settle()
  t.same(device.transports, [])
  asked[1]!('alive')
  await Promise.all([publishingCamera, again])
  t.same(standing(device), ['alive'])
  t.same(
    server.asked.filter(({ method }) => method === 'produce').map(({ data }) => data.transportId),
    ['alive'],
  )
  t.ok(idOf('camera'))
})

t.test('a transport that was asked for ahead of a reset is not opened after it', async (t) => {
  const { device, publishing } = open()
  const ahead = Promise.withResolvers<Transport>()
  const opening = publishing.open(ahead.promise, publishing.generation)
  await publishing.republish()
  ahead.resolve({ id: 'dead' } as Transport)
  await opening
  t.same(device.transports, [])
  await publishing.publish('camera', fakeTrack('video'))
  t.equal(standing(device).length, 1)
})

t.test('a producer that a reset overtook is published again through the new transport alone', async (t) => {
  const { server, device, publishing, idOf } = open()
  const answer = Promise.withResolvers<{ producerId: string }>()
  server.answers.produce = () => answer.promise
  const first = publishing.publish('camera', fakeTrack('video'))
  await settle()
  const again = publishing.republish()
  delete server.answers.produce
  answer.resolve({ producerId: 'dead' })
  await t.rejects(first)
  await again
  t.not(idOf('camera'), 'dead')
  t.match(publishing.publications.get(), { camera: { paused: false } })
  t.equal(standing(device).length, 1)
})
