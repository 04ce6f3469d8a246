/** Transports, producers and consumers: mediasoup's own words, carried over the socket. */
import type { types as mediasoup } from 'mediasoup'
import { Type } from 'typebox'
import { type Source, sources } from './constants.ts'
import { Id, Nothing, nullable, object, oneOf, opaque, request, type Static } from './define.ts'
import { DtlsParametersSchema, RtpParametersSchema } from './rtp.ts'

export const SourceSchema = oneOf<Source>(...sources)

export const DirectionSchema = oneOf('send', 'recv')
export type Direction = Static<typeof DirectionSchema>
const KindSchema = oneOf('audio', 'video')

/** How a viewer gets the picture: `interactive` over WebRTC, on one of the room's seats, or `broadcast` over HLS. */
export const TierSchema = oneOf('interactive', 'broadcast')
export type Tier = Static<typeof TierSchema>

export const TransportSchema = object({
  id: Id,
  iceParameters: opaque<mediasoup.IceParameters>(),
  iceCandidates: Type.Unsafe<mediasoup.IceCandidate[]>(Type.Array(Type.Object({}, { additionalProperties: true }))),
  dtlsParameters: opaque<mediasoup.DtlsParameters>(),
})
export type Transport = Static<typeof TransportSchema>

/** The layers of a simulcast consumer; 0 is the lowest. */
export const LayersSchema = object({
  spatialLayer: Type.Integer({ minimum: 0, maximum: 7 }),
  temporalLayer: Type.Optional(Type.Integer({ minimum: 0, maximum: 7 })),
})
export type Layers = Static<typeof LayersSchema>

export const ConsumerSchema = object({
  id: Id,
  producerId: Id,
  peerId: Id,
  source: SourceSchema,
  kind: KindSchema,
  rtpParameters: opaque<mediasoup.RtpParameters>(),
  producerPaused: Type.Boolean(),
  /** How many simulcast layers there are; 1 where the source is sent once. */
  spatialLayers: Type.Integer(),
})
export type Consumer = Static<typeof ConsumerSchema>

const ofProducer = object({ producerId: Id })
const ofConsumer = object({ consumerId: Id })

export const mediaRequests = {
  changeTier: request(
    'Asks for a seat, or gives it up with all transports and the floor. Answers what was granted: a full room leaves one where one is.',
    object({ tier: TierSchema }),
    object({ tier: TierSchema }),
  ),
  createTransport: request(
    'Opens the one transport of this direction, closing an earlier one. Opening `recv` starts the `newConsumer` notifications. Only on a seat, `conflict` in the broadcast tier; but one of the first raised hands may open `send` from anywhere, to stand by.',
    object({ direction: DirectionSchema }),
    TransportSchema,
  ),
  connectTransport: request(
    'Gives the DTLS fingerprint of the client’s end.',
    object({ transportId: Id, dtlsParameters: DtlsParametersSchema }),
    Nothing,
  ),
  restartIce: request(
    'Asks for new ICE credentials after the network changed.',
    object({ transportId: Id }),
    object({ iceParameters: opaque<mediasoup.IceParameters>() }),
  ),
  produce: request(
    'Publishes one source. Needs the floor; with the hand up, camera and microphone stand by, unseen and unheard, until the floor is given; what was resumed by then is seen and heard at once. Replaces nothing: close the earlier producer of the source first.',
    object({
      transportId: Id,
      source: SourceSchema,
      kind: KindSchema,
      rtpParameters: RtpParametersSchema,
      /** It begins silent and dark, until `resumeProducer`. What stands by always does. */
      paused: Type.Optional(Type.Boolean()),
    }),
    object({ producerId: Id }),
  ),
  closeProducer: request('Stops publishing a source.', ofProducer, Nothing),
  pauseProducer: request('Mutes a source of one’s own.', ofProducer, Nothing),
  resumeProducer: request('Unmutes a source of one’s own.', ofProducer, Nothing),
  resumeConsumer: request(
    'Says that the client can play this consumer. One that is not resumed within 10 s is closed and offered again.',
    ofConsumer,
    Nothing,
  ),
  pauseConsumer: request('Stops sending this consumer, for a hidden or switched-off picture.', ofConsumer, Nothing),
  setPreferredLayers: request(
    'The highest layers this client has use for, from the size the picture is shown at.',
    object({ consumerId: Id, layers: LayersSchema }),
    Nothing,
  ),
  requestKeyFrame: request('Asks the sender for a key frame after a decoding error.', ofConsumer, Nothing),
}

export const mediaNotifications = {
  /** The server moved one up to a seat: the floor was given, and transports are to be opened. */
  tierChanged: object({ tier: TierSchema }),
  newConsumer: ConsumerSchema,
  consumerClosed: ofConsumer,
  consumerPaused: ofConsumer,
  consumerResumed: ofConsumer,
  /** The layers now sent; null when the network does not carry even the lowest. */
  layersChanged: object({ consumerId: Id, layers: nullable(LayersSchema) }),
  /** How well the server receives a source of one’s own, 0 to 10, one figure per simulcast layer. */
  producerScore: object({ producerId: Id, scores: Type.Array(Type.Integer()) }),
  /** The highest simulcast layer of a source of one’s own that anybody receives: those above need not be sent. */
  layersWanted: object({ producerId: Id, spatialLayer: Type.Integer({ minimum: 0 }) }),
  /** A source of one’s own was closed by the server: the floor was taken, or the peer muted. */
  producerClosed: ofProducer,
  /** Who speaks loudest; null when nobody does. */
  dominantSpeaker: object({ peerId: nullable(Id) }),
  /** All transports of this room are gone with their worker: open them again and publish again. */
  mediaReset: Nothing,
}
