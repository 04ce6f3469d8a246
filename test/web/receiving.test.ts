import t from 'tap'
import type { Transport } from '../../signaling/protocol/media.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { Receiving } from '../../web/src/classroom/receiving.ts'
import { FakeDevice, FakeServer, noSpeakers, offerOf } from './fake-media.ts'

const offered = (id: string) => ({ id }) as Transport

function open() {
  const server = new FakeServer()
  const device = new FakeDevice()
  const receiving = new Receiving({ request: server.request, speakers: noSpeakers, log: silentLog, reopen: () => {} })
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
