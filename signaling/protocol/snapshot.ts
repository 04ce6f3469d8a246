/** What a room looks like now: the state that the log adds up to, and the part of it that one peer may see. */
import { Type } from 'typebox'
import { type BoardEvent, BoardSchema } from './board.ts'
import { applyToBoard, type Board, boardSnapshot, emptyBoard } from './board-state.ts'
import { firstSettings, type Layout } from './constants.ts'
import { Id, nullable, object, Seq, type Static, Timestamp } from './define.ts'
import {
  LayoutSchema,
  type Person,
  PersonSchema,
  type Pinned,
  PinnedSchema,
  type RoomEvent,
  RoomEventSchema,
  type RoomSettings,
  RoomSettingsSchema,
} from './events.ts'
import { type LessonState, LessonStatusSchema } from './lesson.ts'
import { type Announcement, AnnouncementSchema, type ShownOffer, ShownOfferSchema } from './notices.ts'
import { castBallot, openPoll, PollStateSchema, pollFor, type RunPoll, type Scores, score } from './poll-state.ts'
import { ChoicesSchema } from './polls.ts'
import { applyToQuestions, type Question } from './question-list.ts'
import { QuestionSchema } from './questions.ts'
import { addReactions, noReactions, type ReactionCounts, ReactionCountsSchema } from './reactions.ts'
import { type SignInState, SignInStateSchema } from './sign-ins.ts'

/** How many of the last messages a late joiner is given. */
export const RECENT_MESSAGES = 50
/** Besides all open questions, so many of those that were answered last. */
export const RECENT_ANSWERS = 50

export const AudienceSchema = object({
  /** People in the room, however they watch. */
  online: Type.Integer(),
  hands: Type.Integer(),
  /** People who fetch the broadcast of the class now. */
  broadcastViewers: Type.Integer(),
})
export type Audience = Static<typeof AudienceSchema>

export const RoomSnapshotSchema = object({
  seq: Seq,
  status: LessonStatusSchema,
  startedAt: nullable(Timestamp),
  endedAt: nullable(Timestamp),
  /** The last messages, oldest first, deleted ones left out. */
  messages: Type.Array(RoomEventSchema),
  /** The message above the chat. */
  pinned: nullable(PinnedSchema),
  poll: nullable(PollStateSchema),
  /** One's own vote in that poll. */
  choices: nullable(ChoicesSchema),
  /** For staff: those of the prepared polls that were asked. */
  asked: Type.Array(Id),
  signIn: nullable(SignInStateSchema),
  /** Raised hands, first come first; for students only their own. */
  hands: Type.Array(PersonSchema),
  floor: Type.Array(PersonSchema),
  /** Muted peers; for students only themselves. */
  muted: Type.Array(Id),
  /** When one’s own mute ends by itself; null where one is not muted, or for the rest of the class. */
  mutedUntil: nullable(Timestamp),
  /** Every open question and those that were answered last, in the order they were asked. */
  questions: Type.Array(QuestionSchema),
  /** The questions that one has voted for. */
  upvoted: Type.Array(Seq),
  settings: RoomSettingsSchema,
  /** What waits for staff; for students only their own. */
  held: Type.Array(RoomEventSchema),
  /** For staff: messages that were reported, and not dealt with yet. */
  reported: Type.Array(Seq),
  /** For staff: the words that are refused in this room. */
  words: Type.Array(Type.String()),
  layout: LayoutSchema,
  board: BoardSchema,
  /** What is for sale before everybody’s eyes. */
  offer: nullable(ShownOfferSchema),
  announcement: nullable(AnnouncementSchema),
  /** All that was given in this class so far. */
  reactions: ReactionCountsSchema,
  audience: AudienceSchema,
})
export type RoomSnapshot = Static<typeof RoomSnapshotSchema>

type MessageEvent = Extract<RoomEvent, { type: 'messageSent' }>

type HeldEvent = Extract<RoomEvent, { type: 'textHeld' }>
type SignIn = Omit<SignInState, 'count' | 'signed'> & { came: Map<string, number> }
type Removal = { person: Person; by: Person | null; at: number }

/** All that the log of one room adds up to. */
export type RoomState = LessonState & {
  seq: number
  messages: MessageEvent[]
  deleted: Set<number>
  pinned: Pinned | null
  poll: RunPoll | null
  /** What everyone has earned in the quizzes that are closed. */
  scores: Scores
  signIn: SignIn | null
  /** Those of the prepared polls that were asked. */
  asked: Set<string>
  hands: Map<string, Person>
  floor: Map<string, Person>
  /** Each with the end of it; null for the rest of the class. */
  muted: Map<string, number | null>
  removed: Map<string, Removal>
  /** When each person last wrote in the chat. */
  lastSaid: Map<string, number>
  questions: readonly Question[]
  /** Who has voted for each question. */
  upvotes: Map<number, Set<string>>
  settings: RoomSettings
  held: Map<number, HeldEvent>
  /** Who has reported each message. */
  reports: Map<number, Set<string>>
  words: readonly string[]
  /** Everyone who was ever here. */
  people: Map<string, Person>
  layout: Layout
  board: Board
  offer: ShownOffer | null
  announcement: Announcement | null
  reactions: ReactionCounts
}

export const emptyRoom = (): RoomState => ({
  status: 'scheduled',
  startedAt: null,
  endedAt: null,
  seq: 0,
  messages: [],
  deleted: new Set(),
  pinned: null,
  poll: null,
  scores: new Map(),
  signIn: null,
  asked: new Set(),
  hands: new Map(),
  floor: new Map(),
  muted: new Map(),
  removed: new Map(),
  lastSaid: new Map(),
  questions: [],
  upvotes: new Map(),
  settings: { ...firstSettings },
  held: new Map(),
  reports: new Map(),
  words: [],
  people: new Map(),
  layout: 'slides',
  board: emptyBoard(),
  offer: null,
  announcement: null,
  reactions: noReactions,
})

const onBoard = (state: RoomState, event: BoardEvent) => applyToBoard(state.board, event)

type Apply = { [T in RoomEvent['type']]: (state: RoomState, event: Extract<RoomEvent, { type: T }>) => void }

const apply: Apply = {
  classStarted: (state, { at }) => {
    state.status = 'live'
    state.startedAt ??= at
  },
  classPaused: (state) => {
    state.status = 'paused'
  },
  classResumed: (state) => {
    state.status = 'live'
  },
  classEnded: (state, { at }) => {
    state.status = 'ended'
    state.endedAt = at
    state.hands.clear()
    state.floor.clear()
    state.board.pens.clear()
    if (state.poll) state.poll.open = false
    if (state.signIn) state.signIn.open = false
  },
  peerJoined: (state, { by }) => {
    if (by) state.people.set(by.peerId, by)
  },
  roomOpened: () => {},
  peerLeft: () => {},
  messageSent: (state, event) => {
    if (event.by) state.lastSaid.set(event.by.peerId, event.at)
    state.messages.push(event)
    if (state.messages.length > RECENT_MESSAGES) state.messages.shift()
  },
  messageDeleted: (state, { data }) => {
    state.deleted.add(data.messageSeq)
    state.reports.delete(data.messageSeq)
    if (state.pinned?.messageSeq === data.messageSeq) state.pinned = null
    state.messages = state.messages.filter(({ seq }) => seq !== data.messageSeq)
  },
  messagePinned: (state, { data }) => {
    state.pinned = data.pinned
  },
  layoutChosen: (state, { data }) => {
    state.layout = data.layout
  },
  handRaised: (state, { by }) => {
    if (by) state.hands.set(by.peerId, by)
  },
  handLowered: (state, { data }) => {
    state.hands.delete(data.peerId)
  },
  floorGiven: (state, { data }) => {
    state.hands.delete(data.peer.peerId)
    state.floor.set(data.peer.peerId, data.peer)
  },
  floorTaken: (state, { data }) => {
    state.floor.delete(data.peerId)
  },
  pollOpened: (state, event) => {
    state.poll = openPoll(event)
    if (event.data.preparedId) state.asked.add(event.data.preparedId)
  },
  pollVoted: (state, { at, by, data }) => {
    if (by && state.poll?.pollSeq === data.pollSeq) castBallot(state.poll, by.peerId, at, data)
  },
  pollEnding: (state, { at, data }) => {
    if (state.poll?.pollSeq === data.pollSeq) state.poll.endsAt = at
  },
  pollClosed: (state, { data }) => {
    if (state.poll?.pollSeq !== data.pollSeq) return
    state.poll.open = false
    state.poll.told = data.right !== undefined
    if (state.poll.told) score(state.scores, state.poll)
  },
  signInOpened: (state, { seq, at, data }) => {
    const endsAt = at + data.seconds * 1000
    state.signIn = { signInSeq: seq, openedAt: at, endsAt, open: true, came: new Map() }
  },
  signedIn: (state, { at, by, data }) => {
    if (by && state.signIn?.signInSeq === data.signInSeq) state.signIn.came.set(by.peerId, at)
  },
  signInClosed: (state, { at, data }) => {
    if (state.signIn?.signInSeq !== data.signInSeq) return
    state.signIn.open = false
    state.signIn.endsAt = Math.min(state.signIn.endsAt, at)
  },
  handsLowered: (state) => {
    state.hands.clear()
  },
  peerMuted: (state, { data }) => {
    state.muted.set(data.peerId, data.until ?? null)
  },
  peerUnmuted: (state, { data }) => {
    state.muted.delete(data.peerId)
  },
  peerRemoved: (state, { at, by, data }) => {
    const person = state.people.get(data.peerId)
    if (person) state.removed.set(data.peerId, { person, by, at })
    state.hands.delete(data.peerId)
    state.floor.delete(data.peerId)
    state.board.pens.delete(data.peerId)
  },
  textHeld: (state, event) => {
    state.held.set(event.seq, event)
  },
  heldDecided: (state, { data }) => {
    state.held.delete(data.heldSeq)
  },
  messageReported: (state, { by, data }) => {
    const reporters = state.reports.get(data.messageSeq) ?? new Set()
    state.reports.set(data.messageSeq, by ? reporters.add(by.peerId) : reporters)
  },
  reportDismissed: (state, { data }) => {
    state.reports.delete(data.messageSeq)
  },
  wordsChanged: (state, { data }) => {
    state.words = data.words
  },
  peerReadmitted: (state, { data }) => {
    state.removed.delete(data.peerId)
  },
  questionAsked: () => {},
  questionVoted: (state, { by, data }) => {
    const voters = votersOf(state, data.questionSeq)
    if (by && data.up) voters.add(by.peerId)
    else if (by) voters.delete(by.peerId)
    count(state, data.questionSeq)
  },
  questionTaken: () => {},
  questionAnswered: () => {},
  questionReopened: () => {},
  questionDismissed: () => {},
  questionMerged: (state, { data }) => {
    const { questionSeq, intoSeq } = data
    const asker = state.questions.find(({ seq }) => seq === questionSeq)?.by
    const into = votersOf(state, intoSeq)
    for (const peerId of votersOf(state, questionSeq)) into.add(peerId)
    if (asker) into.add(asker.peerId)
    const own = state.questions.find(({ seq }) => seq === intoSeq)?.by
    if (own) into.delete(own.peerId)
    count(state, intoSeq)
  },
  settingsChanged: (state, { data }) => {
    state.settings = { ...state.settings, ...data.settings }
  },
  deckOpened: onBoard,
  pageShown: onBoard,
  strokeDrawn: onBoard,
  strokesErased: onBoard,
  pageCleared: onBoard,
  penGiven: onBoard,
  penTaken: onBoard,
  offerShown: (state, { seq, data: { offer } }) => {
    state.offer = offer && { seq, offer }
  },
  announced: (state, { seq, at, data: { text } }) => {
    state.announcement = text === null ? null : { seq, at, text }
  },
  reactionsGiven: (state, { data }) => {
    state.reactions = addReactions(state.reactions, data.counts)
  },
}

/** Moves the state on by one event. Events come in order of `seq`. */
export function applyEvent(state: RoomState, event: RoomEvent): void {
  state.seq = event.seq
  ;(apply[event.type] as (state: RoomState, event: RoomEvent) => void)(state, event)
  state.questions = applyToQuestions(state.questions, event)
}

function votersOf({ upvotes }: RoomState, questionSeq: number): Set<string> {
  const voters = upvotes.get(questionSeq) ?? new Set()
  upvotes.set(questionSeq, voters)
  return voters
}

function count(state: RoomState, questionSeq: number): void {
  const votes = votersOf(state, questionSeq).size
  state.questions = state.questions.map((question) =>
    question.seq === questionSeq ? { ...question, votes } : question,
  )
}

/** What this person may see of the room. */
export function snapshotFor(viewer: Person, state: RoomState, audience: Audience): RoomSnapshot {
  const { peerId, role } = viewer
  const mine = <T>(all: T[], idOf: (item: T) => string) =>
    role === 'student' ? all.filter((item) => idOf(item) === peerId) : all
  return {
    seq: state.seq,
    status: state.status,
    startedAt: state.startedAt,
    endedAt: state.endedAt,
    messages: state.messages,
    pinned: state.pinned,
    poll: state.poll && pollFor(viewer, state.poll),
    choices: state.poll?.ballots.get(peerId)?.choices ?? null,
    asked: role === 'student' ? [] : [...state.asked],
    signIn: signInFor(peerId, state.signIn),
    hands: mine([...state.hands.values()], (person) => person.peerId),
    floor: [...state.floor.values()],
    muted: mine([...state.muted.keys()], (id) => id),
    mutedUntil: state.muted.get(peerId) ?? null,
    questions: recentQuestions(state.questions).map((question) => questionFor(viewer, question)),
    upvoted: state.questions.flatMap(({ seq }) => (state.upvotes.get(seq)?.has(peerId) ? seq : [])),
    settings: state.settings,
    held: mine([...state.held.values()], ({ by }) => by?.peerId ?? ''),
    reported: role === 'student' ? [] : [...state.reports.keys()],
    words: role === 'student' ? [] : [...state.words],
    layout: state.layout,
    board: boardSnapshot(state.board),
    offer: state.offer,
    announcement: state.announcement,
    reactions: state.reactions,
    audience,
  }
}

function recentQuestions(questions: readonly Question[]): readonly Question[] {
  const answered = questions.filter(({ status }) => status === 'answered').slice(-RECENT_ANSWERS)
  return questions.filter((question) => question.status !== 'answered' || answered.includes(question))
}

const questionFor = ({ peerId, role }: Person, question: Question): Question =>
  question.anonymous && role === 'student' && question.by?.peerId !== peerId ? { ...question, by: null } : question

function signInFor(peerId: string, signIn: SignIn | null): SignInState | null {
  if (!signIn) return null
  const { came, ...times } = signIn
  return { ...times, count: came.size, signed: came.has(peerId) }
}
