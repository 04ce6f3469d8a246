/** A small working media plane without media: it keeps the books of transports, producers and consumers. */
import { randomUUID } from 'node:crypto'
import type { Media, MediaListener, MediaRoom, Publication, Standing } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Consumer, Transport } from '../../signaling/protocol/media.ts'

type FakeConsumer = { id: string; peerId: string; producerId: string; paused: boolean }

export type FakeRoom = MediaRoom & {
  listener: MediaListener
  consumers: Map<string, FakeConsumer>
  /** What stands by, by its producer. */
  waiting: Map<string, Publication>
  /** Whose picture is broadcast, and since when; null once that has ended. */
  broadcasts: ({ peerId: string; startedAt: number } | null)[]
  /** What a dead worker does to the room. */
  reset(): void
}

export function createFakeMedia(): Media & { rooms: Map<string, FakeRoom> } {
  const rooms = new Map<string, FakeRoom>()
  return {
    rooms,
    rtpCapabilities: { codecs: [] },
    async openRoom(roomId, listener) {
      const room = createFakeRoom(listener)
      rooms.set(roomId, room)
      return room
    },
  }
}

function createFakeRoom(listener: MediaListener): FakeRoom {
  const nextId = (kind: string) => `${kind}-${randomUUID()}`
  const transports = new Map<string, { peerId: string; direction: string }>()
  const publications = new Map<string, Publication>()
  const waiting = new Map<string, Publication>()
  const consumers = new Map<string, FakeConsumer>()
  const broadcasts: FakeRoom['broadcasts'] = []
  const own = <T extends { peerId: string }>(all: Map<string, T>, id: string, peerId: string): T => {
    const thing = all.get(id)
    if (thing?.peerId !== peerId) throw new AppError('not_found')
    return thing
  }
  const hasTransport = (peerId: string, direction: string) =>
    [...transports.values()].some((transport) => transport.peerId === peerId && transport.direction === direction)
  const closeProducer = (producerId: string) => {
    publications.delete(producerId)
    waiting.delete(producerId)
    for (const { id, peerId } of [...consumers.values()].filter((consumer) => consumer.producerId === producerId)) {
      consumers.delete(id)
      listener.consumerClosed(peerId, id)
    }
  }
  return {
    listener,
    consumers,
    waiting,
    async createTransport(peerId, direction) {
      for (const [id, transport] of transports)
        if (transport.peerId === peerId && transport.direction === direction) transports.delete(id)
      const id = nextId('transport')
      transports.set(id, { peerId, direction })
      return { id, iceParameters: {}, iceCandidates: [], dtlsParameters: {} } as unknown as Transport
    },
    async connectTransport(peerId, transportId) {
      own(transports, transportId, peerId)
    },
    async restartIce(peerId, transportId) {
      own(transports, transportId, peerId)
      return { usernameFragment: nextId('fragment'), password: 'password', iceLite: true }
    },
    async produce(peerId, { transportId, source, standby = false, paused = standby }) {
      own(transports, transportId, peerId)
      const publication = { producerId: nextId('producer'), peerId, source, paused }
      if (standby) {
        waiting.set(publication.producerId, publication)
        return publication
      }
      publications.set(publication.producerId, publication)
      listener.published(publication)
      return publication
    },
    standby: (peerId) => [...waiting.values()].filter((one) => one.peerId === peerId),
    async show(peerId, producerId) {
      const publication = own(waiting, producerId, peerId)
      waiting.delete(producerId)
      publications.set(producerId, publication)
      listener.published(publication)
    },
    closeProducer(peerId, producerId) {
      own(waiting.has(producerId) ? waiting : publications, producerId, peerId)
      closeProducer(producerId)
    },
    async pauseProducer(peerId, producerId, paused) {
      own(waiting.has(producerId) ? waiting : publications, producerId, peerId).paused = paused
    },
    publications: () => [...publications.values()],
    async consume(peerId, producerId) {
      const publication = publications.get(producerId)
      const already = [...consumers.values()].some((one) => one.peerId === peerId && one.producerId === producerId)
      if (!publication || !hasTransport(peerId, 'recv') || already) return undefined
      const id = nextId('consumer')
      consumers.set(id, { id, peerId, producerId, paused: true })
      const { source, peerId: owner } = publication
      return {
        id,
        producerId,
        peerId: owner,
        source,
        kind: source === 'microphone' ? 'audio' : 'video',
        rtpParameters: {},
        producerPaused: publication.paused,
        spatialLayers: 1,
      } as unknown as Consumer
    },
    async pauseConsumer(peerId, consumerId, paused) {
      own(consumers, consumerId, peerId).paused = paused
    },
    async setPreferredLayers(peerId, consumerId) {
      own(consumers, consumerId, peerId)
    },
    async requestKeyFrame(peerId, consumerId) {
      own(consumers, consumerId, peerId)
    },
    closeConsumer(_peerId, consumerId) {
      consumers.delete(consumerId)
    },
    async receive(peerId, offer, _maxIncomingBitrate, ended) {
      if (!offer.startsWith('v=0')) throw new AppError('bad_request')
      const streamed = (['camera', 'microphone'] as const).map((source) => {
        const publication = { producerId: nextId('producer'), peerId, source, paused: false }
        publications.set(publication.producerId, publication)
        listener.published(publication)
        return publication
      })
      let open = true
      const close = () => {
        if (!open) return
        open = false
        for (const { producerId } of streamed) closeProducer(producerId)
        ended()
      }
      const restartIce = async () => 'a=ice-ufrag:new\r\na=ice-pwd:newer\r\n'
      return {
        way: 'whip',
        warnings: new Set(),
        answer: 'v=0\r\n',
        publications: streamed,
        trickle: () => {},
        restartIce,
        close,
      }
    },
    async deliver(peerId, offer, producerIds, ended) {
      if (!offer.startsWith('v=0')) throw new AppError('bad_request')
      const sent = producerIds.map((producerId) => ({ id: nextId('consumer'), peerId, producerId, paused: false }))
      for (const one of sent) consumers.set(one.id, one)
      let open = true
      const close = () => {
        if (!open) return
        open = false
        for (const { id } of sent) consumers.delete(id)
        ended()
      }
      const restartIce = async () => 'a=ice-ufrag:new\r\na=ice-pwd:newer\r\n'
      return { answer: 'v=0\r\n', trickle: () => {}, restartIce, close }
    },
    async receivePlain() {
      throw new AppError('unavailable')
    },
    figuresOf: async () => ({ kilobitsPerSecond: 0, framesPerSecond: null, keyFrameSeconds: null, lossPercent: 0 }),
    roundTripMs: async () => 12,
    standingOf: (peerId): Standing => ({
      transports: hasTransport(peerId, 'recv'),
      producers: [...publications.values(), ...waiting.values()]
        .filter((one) => one.peerId === peerId)
        .map(({ producerId }) => producerId),
      consumers: [...consumers.values()]
        .filter((one) => one.peerId === peerId)
        .map(({ id, producerId }) => ({ consumerId: id, producerId, producerPaused: false })),
    }),
    closePeer(peerId) {
      for (const [id, transport] of transports) if (transport.peerId === peerId) transports.delete(id)
      for (const [id, one] of consumers) if (one.peerId === peerId) consumers.delete(id)
      for (const one of [...publications.values(), ...waiting.values()])
        if (one.peerId === peerId) closeProducer(one.producerId)
    },
    broadcasts,
    async broadcast(peerId, startedAt) {
      broadcasts.push({ peerId, startedAt })
    },
    broadcastWarnings: () => ['picture_not_h264'],
    async endBroadcast() {
      broadcasts.push(null)
    },
    close: () => transports.clear(),
    reset() {
      for (const all of [transports, publications, consumers]) all.clear()
      listener.mediaReset()
    },
  }
}
