/** What people do in a room besides media: enter, talk, vote, ask for the floor, keep order. */
import type { types as mediasoup } from 'mediasoup'
import { Type } from 'typebox'
import { broadcastWarnings, streamWarnings } from './constants.ts'
import { Id, Nothing, nullable, object, oneOf, opaque, request, Said, Seq, type Static, Timestamp } from './define.ts'
import { LayoutSchema, PersonSchema, RoomEventSchema } from './events.ts'
import { TierSchema } from './media.ts'
import { MessageDraftSchema } from './message.ts'
import { RtpCapabilitiesSchema } from './rtp.ts'
import { AudienceSchema, RoomSnapshotSchema } from './snapshot.ts'

const ofPeer = object({ peerId: Id })
/** Answered once the event is stored; `seq` is its place in the log. */
const Logged = object({ seq: Seq })

export const roomRequests = {
  join: request(
    'Takes one’s place in the room: the first request on every socket. With the token of an earlier socket, a dropped place is taken up again with its transports.',
    object({
      rtpCapabilities: RtpCapabilitiesSchema,
      resume: Type.Optional(object({ token: Type.String({ maxLength: 64 }) })),
      /** What one wishes for; without a word, what the ticket says. */
      tier: Type.Optional(TierSchema),
    }),
    object({
      self: PersonSchema,
      /** What was granted: a full room grants `broadcast`, or refuses with `room_full` where it is not broadcast. */
      tier: TierSchema,
      /** Whether the class goes out over HLS, too, where it can be rewound. */
      broadcast: Type.Boolean(),
      resumeToken: Type.String(),
      /** True: the transports of the earlier socket still stand. False: open new ones. */
      resumed: Type.Boolean(),
      /** What stands of them: close every consumer and producer of one’s own that is not listed. */
      standing: object({
        consumers: Type.Array(object({ consumerId: Id, producerPaused: Type.Boolean() })),
        producers: Type.Array(Id),
      }),
      now: Timestamp,
      snapshot: RoomSnapshotSchema,
    }),
  ),
  leave: request('Gives one’s place up at once, without the grace period of a lost socket.', Nothing, Nothing),
  ping: request(
    'Shows both sides that the other is there, and tells the server’s time.',
    Nothing,
    object({ now: Timestamp }),
  ),
  listPeers: request(
    'One page of who is here, in order of name. The roster is never pushed.',
    object({
      after: Type.Optional(Type.String({ maxLength: 200 })),
      search: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    object({
      peers: Type.Array(object({ ...PersonSchema.properties, online: Type.Boolean(), muted: Type.Boolean() })),
      next: nullable(Type.String()),
    }),
  ),
  listEvents: request(
    'Earlier messages: up to 50 `messageSent` events before this place, newest last, deleted ones left out.',
    object({ beforeSeq: Seq }),
    object({ events: Type.Array(RoomEventSchema) }),
  ),

  startClass: request('Teacher: goes live.', Nothing, Logged),
  endClass: request('Teacher: ends the class for everyone, for good.', Nothing, Logged),

  sendMessage: request(
    'Says something in the chat. What students write may have to wait for staff first.',
    MessageDraftSchema,
    Said,
  ),
  deleteMessage: request(
    'Takes back one’s own message; staff may delete anyone’s.',
    object({ messageSeq: Seq }),
    Logged,
  ),

  pinMessage: request(
    'Staff: puts a message above the chat, in the place of the one before; null takes it down.',
    object({ messageSeq: nullable(Seq) }),
    Logged,
  ),

  chooseLayout: request(
    'Staff: lays the stage out for all who have not chosen for themselves.',
    object({ layout: LayoutSchema }),
    Logged,
  ),

  raiseHand: request('Asks for the floor.', Nothing, Logged),
  lowerHand: request('Lowers one’s own hand, or as staff another’s.', object({ peerId: Type.Optional(Id) }), Logged),
  giveFloor: request('Staff: lets a student publish microphone and camera.', ofPeer, Logged),
  takeFloor: request(
    'Staff: ends that right and closes what was published. A student may give the floor back.',
    ofPeer,
    Logged,
  ),
}

export const StreamHealthSchema = object({
  way: oneOf('whip', 'rtmp'),
  kilobitsPerSecond: Type.Integer(),
  framesPerSecond: nullable(Type.Integer()),
  keyFrameSeconds: nullable(Type.Number()),
  lossPercent: Type.Number(),
  warnings: Type.Array(oneOf(...streamWarnings)),
})
export type StreamHealth = Static<typeof StreamHealthSchema>

export const roomNotifications = {
  /** The first frame on every socket: what the room can receive, and when to give up on a silent server. */
  welcome: object({ rtpCapabilities: opaque<mediasoup.RtpCapabilities>(), now: Timestamp }),
  /**
   * What happened since the last of these, in order of `seq`. `leftOut`: so many messages were not told, since nobody
   * could read them all; they are in `listEvents`. One's own, those of staff, and what calls or answers one always are.
   */
  events: object({ events: Type.Array(RoomEventSchema), leftOut: Type.Optional(Type.Integer({ minimum: 1 })) }),
  /** How many are here; at most once a second. */
  audience: AudienceSchema,
  /** How what the teacher's encoder sends arrives, to the teacher alone; null when it stops. */
  streamHealth: object({ health: nullable(StreamHealthSchema) }),
  /** How the teacher's picture arrives at the server; for the hold card and the latency badge. */
  uplink: object({ roundTripMs: nullable(Type.Number()), warnings: Type.Array(oneOf(...broadcastWarnings)) }),
}
