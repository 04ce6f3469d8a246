/** Transports, producers and consumers of the caller. */
import { type Handlers, Later } from '../dispatch.ts'
import type { mediaRequests } from '../protocol/media.ts'
import type { Seat } from './caller.ts'

export const mediaHandlers: Handlers<Seat, keyof typeof mediaRequests> = {
  changeTier: ({ room, peer }, { tier }) => ({ tier: room.changeTier(peer, tier) }),

  createTransport: ({ room, peer }, { direction }) => room.stage.createTransport(peer, direction),

  connectTransport: ({ room, peer }, data) => meanwhile(room.stage.connectTransport(peer, data)),

  restartIce: ({ room, peer }, { transportId }) => room.stage.restartIce(peer, transportId),

  produce: ({ room, peer }, data) => room.stage.produce(peer, data),

  closeProducer({ room, peer }, { producerId }) {
    room.stage.closeProducer(peer, producerId)
    return {}
  },

  pauseProducer: ({ room, peer }, { producerId }) => meanwhile(room.stage.pauseProducer(peer, producerId, true)),
  resumeProducer: ({ room, peer }, { producerId }) => meanwhile(room.stage.pauseProducer(peer, producerId, false)),

  resumeConsumer: ({ room, peer }, { consumerId }) => meanwhile(room.stage.pauseConsumer(peer, consumerId, false)),
  pauseConsumer: ({ room, peer }, { consumerId }) => meanwhile(room.stage.pauseConsumer(peer, consumerId, true)),

  setPreferredLayers: ({ room, peer }, data) => meanwhile(room.stage.setPreferredLayers(peer, data)),
  requestKeyFrame: ({ room, peer }, { consumerId }) => meanwhile(room.stage.requestKeyFrame(peer, consumerId)),
}

/** A worker does in order what it is asked in order: the next request need not wait for its answer. */
const meanwhile = (done: Promise<void>) => new Later(done.then(() => ({})))
