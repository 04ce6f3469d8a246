/** What the classroom needs from outside, as small interfaces of plain data. `src/main.ts` picks who fills them. */
import type { types as mediasoup } from 'mediasoup'
import type { BroadcastWarning, Source, StreamWarning } from './protocol/constants.ts'
import type { EventType, RoomEvent } from './protocol/events.ts'
import type { LessonAction, LessonState } from './protocol/lesson.ts'
import type { Consumer, Direction, Layers, Transport } from './protocol/media.ts'
import type { Offer } from './protocol/notices.ts'

/** Where a room's events are kept for good. */
export interface RoomLog {
  /**
   * Stores the events of one room, in order, all or none; storing one again changes nothing. Throws `LogConflict` where
   * another event has the place of one of them: somebody else writes this room's log.
   */
  append(roomId: string, events: RoomEvent[]): Promise<void>
  /** All events of a room from `afterSeq` (exclusive) on, in order, in batches. */
  read(roomId: string, afterSeq: number): AsyncIterable<RoomEvent[]>
  /** Up to `limit` messages before `beforeSeq`, oldest first, without deleted ones. */
  messagesBefore(roomId: string, beforeSeq: number, limit: number): Promise<RoomEvent[]>
  /** Up to `limit` events of these types before `beforeSeq`, oldest first. */
  eventsBefore(roomId: string, types: EventType[], beforeSeq: number, limit: number): Promise<RoomEvent[]>
  /** The events in these places, in order. */
  eventsAt(roomId: string, seqs: number[]): Promise<RoomEvent[]>
}

export class LogConflict extends Error {
  constructor(roomId: string, seq: number) {
    super(`event ${seq} of room ${roomId} is another one in its log`)
    this.name = 'LogConflict'
  }
}

/** The lesson's life, kept by the business side. */
export interface Lessons {
  /** Moves the lesson on, or throws `conflict` when it is not in a state the action starts from. */
  advance(lessonId: string, action: LessonAction): Promise<LessonState>
  stateOf(lessonId: string): Promise<LessonState>
  /**
   * Says that the room of this lesson is being served, so that nobody takes it for abandoned, and tells where the
   * lesson stands. Throws `not_found` for one that was cancelled.
   */
  touch(lessonId: string): Promise<LessonState>
}

/** The documents of a lesson that can be brought to its board. */
export interface Courseware {
  /** What a PDF among the lesson's attachments is called; undefined where it is none of them. */
  deckTitle(lessonId: string, fileId: string): Promise<string | undefined>
}

/** What is for sale. */
export interface Shop {
  /** Whether this is on sale, and may be shown in this lesson: a course of its teacher, or a membership. */
  isOnSale(lessonId: string, offer: Offer): Promise<boolean>
}

/** Pictures that people upload to show them in the chat. */
export interface Pictures {
  /** How large this person's picture is, in pixels; undefined where they have none with this id. */
  sizeOf(peerId: string, fileId: string): Promise<{ width: number; height: number } | undefined>
  /** Where an outside moderator can look at it for some minutes. */
  addressForModerator(fileId: string): Promise<string>
}

/** What somebody wants to show to all. */
export type Judged = { roomId: string; peerId: string; text: string; pictureUrl?: string }

/** Judges what students write, before anybody sees it. */
export interface Moderator {
  /** `hold`: a person of the staff decides. Throws where it cannot tell. */
  judge(said: Judged): Promise<'pass' | 'hold' | 'refuse'>
}

/** What nodes and features tell each other. */
export type BusMessages = {
  /** A user lost the right to stay in rooms: everywhere, or only from one sign-in, or only in one lesson. */
  accessRevoked: {
    userId: string
    sessionId?: string
    lessonId?: string
    reason: 'signed_out' | 'banned' | 'role_changed' | 'not_entitled'
  }
  /** What a user has a right to has changed: by a course, by a membership (both null: by anything). */
  rightsChanged: { userId: string; courseId: string | null; planId: string | null }
  /** A user plays on this player now, and on no other. */
  playerChanged: { userId: string; playerId: string }
  orderChanged: { userId: string; orderId: string }
  /** The stream key of this lesson was made, reset or taken back: what came in with an earlier one goes. */
  streamKeyChanged: { lessonId: string }
  /** There was no room for what was broadcast of this class before this number. */
  broadcastCut: { lessonId: string; beforeMsn: number }
  /** How many are in each room of a node now. */
  roomsOnline: { rooms: { lessonId: string; online: number }[] }
}
export type BusTopic = keyof BusMessages

export interface Bus {
  publish<T extends BusTopic>(topic: T, message: BusMessages[T]): Promise<void>
  /** Returns the function that ends the subscription. */
  subscribe<T extends BusTopic>(topic: T, listener: (message: BusMessages[T]) => void): () => void
  /** True for the first caller of this key on any node within `ttlSeconds`, false for all others. */
  claim(key: string, ttlSeconds: number): Promise<boolean>
  close(): Promise<void>
}

/**
 * Which node has which room: one at a time, for as long as it keeps saying so. It is a guide and no guard: where two nodes
 * believe that a room is theirs, the room log decides.
 */
export interface RoomDirectory {
  /**
   * Takes the room for this node where no other has it. Resolves with the address of the one that has it; null: this one.
   * Throws `unavailable` where nobody can tell now.
   */
  take(roomId: string): Promise<string | null>
  /** The room is anybody's again. */
  release(roomId: string): Promise<void>
  /** Whether this node has the room, as far as it knows. */
  has(roomId: string): boolean
  /** The address of another node that has the room, as it was a moment ago; null where none has it, or nobody can tell. */
  find(roomId: string): Promise<string | null>
  /** The address of the other node that carries least; null where there is none. */
  roomiest(): Promise<string | null>
  /** `listener` is told of each room that this node had and another one has now. Returns what ends that. */
  onLost(listener: (roomId: string) => void): () => void
  close(): Promise<void>
}

/** The media plane. It knows rooms and peers by id only, and decides nothing: the room says who may do what. */
export interface Media {
  /** What every room can receive and send. */
  readonly rtpCapabilities: mediasoup.RtpCapabilities
  openRoom(roomId: string, listener: MediaListener): Promise<MediaRoom>
}

/** A producer as the room knows it. */
export type Publication = { producerId: string; peerId: string; source: Source; paused: boolean }

/** What comes in from an encoder of a peer's, as long as its transports live. */
export type Incoming = {
  way: 'whip' | 'rtmp'
  publications: Publication[]
  /** What is told of it to its teacher. */
  warnings: Set<StreamWarning>
  close(): void
}

/** Media of a client that speaks SDP instead of our signaling, as long as its transport lives. */
export type SdpSession = {
  /** The answer to what it offered. */
  answer: string
  /** Takes further candidates, as a fragment of SDP. Throws `bad_request`. */
  trickle(fragment: string): void
  /** Answers a fragment with our new end of ICE. Throws `bad_request`. */
  restartIce(fragment: string): Promise<string>
  close(): void
}

export type PlainTrack = { port: number; rtcpPort: number; ssrc: number; payloadType: number }
/** Where RTP is sent to, on loopback: H.264 and Opus. */
export type PlainWay = { host: string; video: PlainTrack; audio: PlainTrack }

/** How what a producer sends arrives; null: not known yet. */
export type StreamFigures = {
  kilobitsPerSecond: number
  framesPerSecond: number | null
  /** Between one key frame and the next. */
  keyFrameSeconds: number | null
  lossPercent: number
}

/** The producers of a peer, the consumers it has, and whether it has transports at all. */
export type Standing = {
  transports: boolean
  producers: string[]
  consumers: { consumerId: string; producerId: string; producerPaused: boolean }[]
}

/** What the media plane tells its room. */
export type MediaListener = {
  /** A source is there to be consumed, however it came in. */
  published(publication: Publication): void
  producerScore(publication: Publication, scores: number[]): void
  consumerClosed(peerId: string, consumerId: string): void
  consumerPaused(peerId: string, consumerId: string, paused: boolean): void
  layersChanged(peerId: string, consumerId: string, layers: Layers | null): void
  /** The highest simulcast layer of it that anybody receives has changed. */
  layersWanted(publication: Publication, spatialLayer: number): void
  dominantSpeaker(peerId: string | null): void
  /** Every transport of these peers, or of the whole room, is gone; new ones may be opened. */
  mediaReset(peerIds?: string[]): void
}

export interface MediaRoom {
  /** `maxIncomingBitrate` is in bits per second. */
  createTransport(peerId: string, direction: Direction, maxIncomingBitrate: number): Promise<Transport>
  connectTransport(peerId: string, transportId: string, dtlsParameters: mediasoup.DtlsParameters): Promise<void>
  restartIce(peerId: string, transportId: string): Promise<mediasoup.IceParameters>
  produce(
    peerId: string,
    produced: {
      transportId: string
      source: Source
      rtpParameters: mediasoup.RtpParameters
      standby?: boolean
      paused?: boolean
    },
  ): Promise<Publication>
  /**
   * Takes the picture and the sound that an encoder offers by SDP as the camera and the microphone of this peer, which
   * may have a socket or not. `ended` is called once, when the encoder is gone or was closed. Throws `bad_request`, and
   * `not_acceptable` for what cannot be taken whole.
   */
  receive(peerId: string, offer: string, maxIncomingBitrate: number, ended: () => void): Promise<Incoming & SdpSession>
  /** The same for what a helper on this machine sends as plain RTP. */
  receivePlain(peerId: string, ended: () => void): Promise<Incoming & PlainWay>
  /** How these producers arrive, together; takes a second to find out. */
  figuresOf(producerIds: string[]): Promise<StreamFigures>
  /**
   * Sends these producers, one of each kind at most, to a player that offers by SDP to receive them, as the one `recv`
   * transport of this peer. `ended` is called once, when the player is gone or was closed. Throws `bad_request`, and
   * `not_acceptable` for a player that cannot play them.
   */
  deliver(peerId: string, offer: string, producerIds: string[], ended: () => void): Promise<SdpSession>
  /** What this peer has ready and nobody is offered, until it is shown. */
  standby(peerId: string): Publication[]
  /** Publishes what stood by, paused or not, as it is. */
  show(peerId: string, producerId: string): Promise<void>
  closeProducer(peerId: string, producerId: string): void
  pauseProducer(peerId: string, producerId: string, paused: boolean): Promise<void>
  publications(): Publication[]
  /** Offers a producer to a peer, paused; undefined where the peer cannot play it or has no `recv` transport. */
  consume(
    peerId: string,
    producerId: string,
    rtpCapabilities: mediasoup.RtpCapabilities,
    priority: number,
  ): Promise<Consumer | undefined>
  pauseConsumer(peerId: string, consumerId: string, paused: boolean): Promise<void>
  setPreferredLayers(peerId: string, consumerId: string, layers: Layers): Promise<void>
  requestKeyFrame(peerId: string, consumerId: string): Promise<void>
  closeConsumer(peerId: string, consumerId: string): void
  /** Round trip of the media a peer sends, in milliseconds; null while unknown. */
  roundTripMs(peerId: string): Promise<number | null>
  /** Closes all transports of a peer. */
  closePeer(peerId: string): void
  /** What a peer that comes back still has. */
  standingOf(peerId: string): Standing
  /**
   * Makes what this peer publishes the broadcast of the class, from now on; another peer takes over without a break in
   * the timeline. `startedAt` is the zero of its media time.
   */
  broadcast(peerId: string, startedAt: number): Promise<void>
  /** What hinders it now; none where there is none. */
  broadcastWarnings(): BroadcastWarning[]
  /**
   * Ends it for good: everything is stored when this resolves. A room that closes without it leaves the class to be gone
   * on with.
   */
  endBroadcast(): Promise<void>
  close(): void
}
