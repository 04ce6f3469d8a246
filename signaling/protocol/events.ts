/** The room log: every kind of event that a class is made of, and who is told of it at once. */
import { type TProperties, Type } from 'typebox'
import { boardEvents } from './board.ts'
import { type Layout, layouts, limits } from './constants.ts'
import { Id, nullable, object, oneOf, Seq, type Static, Timestamp } from './define.ts'
import { CaptionSchema, MessageSchema, PictureSchema } from './message.ts'
import { noticeEvents } from './notices.ts'
import { type Person, PersonSchema } from './person.ts'
import { pollEvents } from './polls.ts'
import { reactionEvents } from './reactions.ts'
import { signInEvents } from './sign-ins.ts'

export { type Person, PersonSchema, type Role, RoleSchema, roles } from './person.ts'

export const QuestionTextSchema = Type.String({ minLength: 1, maxLength: limits.questionLength, pattern: '\\S' })
export const AnswerTextSchema = Type.String({ minLength: 1, maxLength: limits.answerLength, pattern: '\\S' })
/** What staff decide for the whole room. */
export const RoomSettingsSchema = object({
  /** Whether those who ask may hide their names from the other students; staff see them. */
  anonymousQuestions: Type.Boolean(),
  /** Whether only staff may write. */
  everyoneMuted: Type.Boolean(),
  /** How long a student waits between two messages; 0 for not at all. */
  slowModeSeconds: Type.Integer({ minimum: 0, maximum: limits.slowModeSeconds }),
  /** What becomes of links and phone numbers in what students write. */
  contacts: oneOf('allow', 'hold', 'refuse'),
  /** What becomes of pictures that students show. */
  pictures: oneOf('allow', 'hold', 'refuse'),
  /** Whether all that students write waits for staff. */
  review: Type.Boolean(),
  /** How many may have the floor at once. */
  speakers: Type.Integer({ minimum: 1, maximum: limits.speakers }),
})
export type RoomSettings = Static<typeof RoomSettingsSchema>
export const BannedWordsSchema = Type.Array(
  Type.String({ minLength: 1, maxLength: limits.bannedWordLength, pattern: '\\S' }),
  { maxItems: limits.bannedWords },
)
export const PinnedSchema = object({ messageSeq: Seq, text: CaptionSchema, picture: Type.Optional(PictureSchema) })
export type Pinned = Static<typeof PinnedSchema>
export const LayoutSchema = oneOf<Layout>(...layouts)
/** Why something waits for staff. */
export const HeldReasonSchema = oneOf('review', 'contact', 'picture', 'moderator')
export type HeldReason = Static<typeof HeldReasonSchema>

/**
 * Who is sent an event at once: everyone; teachers, assistants and the person it is about; teachers and assistants
 * alone; or nobody (it is only in the log).
 */
export type Audience = 'everyone' | 'staff' | 'desk' | 'log'

const event = <P extends TProperties>(audience: Audience, data: P) => ({ audience, data: object(data) })

export const events = {
  classStarted: event('everyone', {}),
  classPaused: event('everyone', {}),
  classResumed: event('everyone', {}),
  classEnded: event('everyone', {}),
  /** The room was built anew from its log, at this node or another: who had it before can write no more. */
  roomOpened: event('log', {}),
  peerJoined: event('log', {}),
  peerLeft: event('log', { peerId: Id }),
  messageSent: event('everyone', MessageSchema.properties),
  /** The message that stands above the chat; null for none. Its words are here again for those who come late. */
  messagePinned: event('everyone', { pinned: nullable(PinnedSchema) }),
  messageDeleted: event('everyone', { messageSeq: Seq }),
  /** How everybody sees the stage who has not chosen for themselves. */
  layoutChosen: event('everyone', { layout: LayoutSchema }),
  handRaised: event('staff', {}),
  handLowered: event('staff', { peerId: Id }),
  floorGiven: event('everyone', { peer: PersonSchema }),
  floorTaken: event('everyone', { peerId: Id }),
  pollOpened: event('everyone', pollEvents.pollOpened),
  pollVoted: event('log', pollEvents.pollVoted),
  pollEnding: event('everyone', pollEvents.pollEnding),
  pollClosed: event('everyone', pollEvents.pollClosed),
  signInOpened: event('everyone', signInEvents.signInOpened),
  signedIn: event('log', signInEvents.signedIn),
  signInClosed: event('everyone', signInEvents.signInClosed),
  /** `by` is who asks; `promotedBy` made it out of their message. */
  questionAsked: event('everyone', {
    text: QuestionTextSchema,
    anonymous: Type.Boolean(),
    messageSeq: nullable(Seq),
    promotedBy: nullable(Id),
  }),
  questionVoted: event('log', { questionSeq: Seq, up: Type.Boolean() }),
  questionTaken: event('everyone', { questionSeq: Seq }),
  questionAnswered: event('everyone', { questionSeq: Seq, text: nullable(AnswerTextSchema) }),
  questionReopened: event('everyone', { questionSeq: Seq }),
  questionDismissed: event('everyone', { questionSeq: Seq }),
  questionMerged: event('everyone', { questionSeq: Seq, intoSeq: Seq }),
  settingsChanged: event('everyone', { settings: RoomSettingsSchema }),
  handsLowered: event('everyone', {}),
  /** Without `until` for the rest of the class. */
  peerMuted: event('staff', { peerId: Id, until: Type.Optional(Timestamp) }),
  peerUnmuted: event('staff', { peerId: Id }),
  peerRemoved: event('everyone', { peerId: Id }),
  deckOpened: event('everyone', boardEvents.deckOpened),
  pageShown: event('everyone', boardEvents.pageShown),
  strokeDrawn: event('everyone', boardEvents.strokeDrawn),
  strokesErased: event('everyone', boardEvents.strokesErased),
  pageCleared: event('everyone', boardEvents.pageCleared),
  penGiven: event('everyone', boardEvents.penGiven),
  penTaken: event('everyone', boardEvents.penTaken),
  offerShown: event('everyone', noticeEvents.offerShown),
  announced: event('everyone', noticeEvents.announced),
  /** What somebody wrote waits for staff, and is seen by nobody else. */
  textHeld: event('staff', {
    ...MessageSchema.properties,
    as: oneOf('message', 'question'),
    anonymous: Type.Boolean(),
    reason: HeldReasonSchema,
  }),
  /** `peerId` wrote it. What is accepted follows as an event of its own. */
  heldDecided: event('staff', { heldSeq: Seq, accepted: Type.Boolean(), peerId: Id }),
  messageReported: event('desk', { messageSeq: Seq }),
  reportDismissed: event('desk', { messageSeq: Seq }),
  wordsChanged: event('desk', { words: BannedWordsSchema }),
  peerReadmitted: event('staff', { peerId: Id }),
  reactionsGiven: event('everyone', reactionEvents.reactionsGiven),
}

export type EventType = keyof typeof events
export type EventData<T extends EventType> = Static<(typeof events)[T]['data']>

/**
 * One thing that happened in a room. `seq` counts from 1 without gaps in the log (a peer is not sent every one),
 * `mediaMs` is the time since the class first went live, null before that, and `by` is null for the server itself.
 */
export type RoomEvent = {
  [T in EventType]: {
    seq: number
    at: number
    mediaMs: number | null
    by: Person | null
    type: T
    data: EventData<T>
  }
}[EventType]

export const RoomEventSchema = Type.Unsafe<RoomEvent>(
  object({
    seq: Seq,
    at: Timestamp,
    mediaMs: nullable(Type.Integer()),
    by: nullable(PersonSchema),
    type: Type.String(),
    data: Type.Object({}, { additionalProperties: true }),
  }),
)
