/** Transports, producers and consumers of the caller. */
import type { Handlers } from '../dispatch.ts'
import type { mediaRequests } from '../protocol/media.ts'
import type { Seat } from './caller.ts'

export const mediaHandlers: Handlers<Seat, keyof typeof mediaRequests> = {
  changeTier: ({ room, peer }, { tier }) => ({ tier: room.changeTier(peer, tier) }),

  createTransport: ({ room, peer }, { direction }) => room.stage.createTransport(peer, direction),

  async connectTransport({ room, peer }, data) {
    await room.stage.connectTransport(peer, data)
    return {}
  },

  restartIce: ({ room, peer }, { transportId }) => room.stage.restartIce(peer, transportId),

  produce: ({ room, peer }, data) => room.stage.produce(peer, data),

  closeProducer({ room, peer }, { producerId }) {
    room.stage.closeProducer(peer, producerId)
    return {}
  },

  async pauseProducer({ room, peer }, { producerId }) {
    await room.stage.pauseProducer(peer, producerId, true)
    return {}
  },

  async resumeProducer({ room, peer }, { producerId }) {
    await room.stage.pauseProducer(peer, producerId, false)
    return {}
  },

  async resumeConsumer({ room, peer }, { consumerId }) {
    await room.stage.pauseConsumer(peer, consumerId, false)
    return {}
  },

  async pauseConsumer({ room, peer }, { consumerId }) {
    await room.stage.pauseConsumer(peer, consumerId, true)
    return {}
  },

  async setPreferredLayers({ room, peer }, data) {
    await room.stage.setPreferredLayers(peer, data)
    return {}
  },

  async requestKeyFrame({ room, peer }, { consumerId }) {
    await room.stage.requestKeyFrame(peer, consumerId)
    return {}
  },
}
