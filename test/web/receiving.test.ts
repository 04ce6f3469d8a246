import t from 'tap'
import type { Transport } from '../../signaling/protocol/media.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { Receiving } from '../../web/src/classroom/receiving.ts'
import { RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import { FakeDevice, FakeServer, noSpeakers, offerOf, settle } from './fake-media.ts'

const offered = (id: string) => ({ id }) as Transport

function open(reopen = () => {}) {
  const server = new FakeServer()
  const device = new FakeDevice()
  const receiving = new Receiving({ request: server.request, speakers: noSpeakers, log: silentLog, reopen })
  receiving.open(device.as(), offered('first'), [])
  const shown = () => receiving.pictures.get().map(({ consumerId }) => consumerId)
  return { server, device, receiving, shown }
}

t.test('who looked at the room again while the socket was dead is sent the picture after the return', async (t) => {
  const { server, receiving } = open()
  await receiving.add(offerOf('picture'))
  await receiving.add(offerOf('voice', { source: 'microphone', kind: 'audio' }))
  receiving.setHidden(true)
  server.away = true
  receiving.setHidden(false)
  server.away = false
  server.take()
  receiving.keepOnly([
    { consumerId: 'picture', producerPaused: false },
    { consumerId: 'voice', producerPaused: false },
  ])
  t.same(server.take(), ['resumeConsumer picture', 'resumeConsumer voice'])
})

t.test('who comes back hidden is still sent no picture, but the sound', async (t) => {
  const { server, receiving } = open()
  await receiving.add(offerOf('picture'))
  await receiving.add(offerOf('voice', { source: 'microphone', kind: 'audio' }))
  server.away = true
  receiving.setHidden(true)
  server.away = false
  server.take()
  receiving.keepOnly([
    { consumerId: 'picture', producerPaused: false },
    { consumerId: 'voice', producerPaused: false },
  ])
  t.same(server.take(), ['pauseConsumer picture', 'resumeConsumer voice'])
})

t.test('a consumer that was closed while it came to be is never shown', async (t) => {
  const { server, device, receiving, shown } = open()
  const gate = Promise.withResolvers<void>()
  device.transports[0]!.gate = gate.promise
  const adding = receiving.add(offerOf('picture'))
  receiving.remove('picture')
  gate.resolve()
  await adding
  t.same(shown(), [])
  t.same(server.take(), [])
})

t.test('a sender who paused while the consumer came to be is shown as paused', async (t) => {
  const { device, receiving } = open()
  const gate = Promise.withResolvers<void>()
  device.transports[0]!.gate = gate.promise
  const adding = receiving.add(offerOf('picture'))
  receiving.setPaused('picture', true)
  gate.resolve()
  await adding
  t.match(receiving.pictures.get(), [{ consumerId: 'picture', paused: true }])
})

t.test('a refused resume leaves no dead picture', async (t) => {
  const { server, receiving, shown } = open()
  server.answers.resumeConsumer = () => {
    throw new RequestFailed('not_found')
  }
  await t.rejects(receiving.add(offerOf('picture')), { code: 'not_found' })
  t.same(shown(), [])
})

t.test('a resume that was lost with its socket waits for the return, which tells what stands', async (t) => {
  const { server, receiving, shown } = open()
  server.away = true
  await t.rejects(receiving.add(offerOf('kept')), { code: 'disconnected' })
  await t.rejects(receiving.add(offerOf('lost')), { code: 'disconnected' })
  server.away = false
  receiving.keepOnly([{ consumerId: 'kept', producerPaused: false }])
  t.same(shown(), ['kept'])
  t.same(server.take(), ['resumeConsumer kept'])
})

t.test('a new transport takes the place of the earlier one with all that came through it', async (t) => {
  const { device, receiving, shown } = open()
  await receiving.add(offerOf('old'))
  const gate = Promise.withResolvers<void>()
  device.transports[0]!.gate = gate.promise
  const adding = receiving.add(offerOf('late'))
  receiving.open(device.as(), offered('second'), [])
  gate.resolve()
  await adding
  await settle()
  t.ok(device.transports[0]!.closed)
  t.same(shown(), [])
  await receiving.add(offerOf('new'))
  t.same(device.transports[1]!.consumed, ['new'])
  t.same(shown(), ['new'])
})

t.test('an offer that finds no transport is for one of the past', async (t) => {
  const { server, receiving, shown } = open()
  receiving.reset()
  await receiving.add(offerOf('old'))
  t.same(shown(), [])
  t.same(server.take(), [])
})

t.test('sound and picture that are offered together are taken in one negotiation', async (t) => {
  const { device, receiving } = open()
  const voice = receiving.add(offerOf('voice', { source: 'microphone', kind: 'audio' }))
  await new Promise((resolve) => setImmediate(resolve))
  await Promise.all([voice, receiving.add(offerOf('picture'))])
  await receiving.add(offerOf('late'))
  t.same(device.transports[0]!.negotiations, [['voice', 'picture'], ['late']])
})

/** What mediasoup-client asks for before it answers the first offer; resolves when the handshake may begin. */
const connect = (transport: FakeDevice['transports'][0] | undefined) =>
  new Promise<void>((done, failed) => transport!.emit('connect', { dtlsParameters: {} }, done, failed))

t.test('the handshake begins without waiting for the server’s word', async (t) => {
  const { server, device } = open()
  server.answers.connectTransport = () => new Promise(() => {})
  await connect(device.transports[0])
  t.match(server.asked, [{ method: 'connectTransport', data: { transportId: 'first' } }])
})

t.test('a transport that the server refused to connect is replaced', async (t) => {
  let reopened = 0
  const { server, device } = open(() => {
    reopened += 1
  })
  server.answers.connectTransport = () => {
    throw new RequestFailed('not_found')
  }
  await connect(device.transports[0])
  await settle()
  t.equal(reopened, 1)
})

t.test('a transport whose connecting was lost with the socket is not taken up again after the return', async (t) => {
  const { server, device, receiving } = open()
  server.away = true
  await connect(device.transports[0])
  await settle()
  t.ok(device.transports[0]!.closed)
  t.equal(receiving.transport, null)
})
