/** Polls, ratings and quizzes: asked by staff, prepared or on the fly, answered by everyone. */
import { Type } from 'typebox'
import { firstPoll, limits, type PollKind, pollKinds, stars } from './constants.ts'
import { Id, Nothing, nullable, object, oneOf, request, Seq, type Static } from './define.ts'
import { AppError } from './errors.ts'
import { PersonSchema } from './person.ts'

/** The places of the options that are meant. */
export const ChoicesSchema = Type.Array(Type.Integer({ minimum: 0, maximum: limits.pollOptions - 1 }), {
  maxItems: limits.pollOptions,
})

const wording = {
  question: Type.String({ minLength: 1, maxLength: limits.pollQuestionLength, pattern: '\\S' }),
  options: Type.Array(Type.String({ minLength: 1, maxLength: limits.pollOptionLength, pattern: '\\S' }), {
    minItems: 2,
    maxItems: limits.pollOptions,
  }),
  multiple: Type.Boolean(),
}
const rules = {
  /** A quiz has a right answer; the options of a rating are one star to five. */
  kind: oneOf<PollKind>(...pollKinds),
  /** When students see the votes of all: as they come in, or once it is closed. */
  results: oneOf('live', 'closed'),
  /** Whether an answer may be changed while it is open. */
  changeable: Type.Boolean(),
  /** How long there is for an answer, from when the question is seen; null for as long as it is open. */
  seconds: nullable(Type.Integer({ minimum: limits.pollSeconds.least, maximum: limits.pollSeconds.most })),
}

/** A poll as everyone sees it. */
export const PollSchema = object({ ...wording, ...rules })
export type Poll = Static<typeof PollSchema>

/** A poll as it may be asked: what is not said is as in `firstPoll`. */
const AskedPollSchema = object({
  ...wording,
  kind: Type.Optional(rules.kind),
  results: Type.Optional(rules.results),
  changeable: Type.Optional(rules.changeable),
  seconds: Type.Optional(rules.seconds),
})
/** A poll as staff ask or prepare it; `right` are the right answers of a quiz. */
export const NewPollSchema = object({ ...AskedPollSchema.properties, right: Type.Optional(ChoicesSchema) })
export type NewPoll = Static<typeof NewPollSchema>

/** What is asked, and what is right. Throws `bad_request` where the one does not go with the other. */
export function splitPoll({ right, ...asked }: NewPoll): { poll: Poll; right: number[] | null } {
  const poll = { ...firstPoll, ...asked, ...(asked.kind === 'rating' && { options: [...stars], multiple: false }) }
  if (poll.kind !== 'quiz' && right) throw new AppError('bad_request', 'only a quiz has a right answer')
  if (poll.kind === 'quiz' && !right?.length) throw new AppError('bad_request', 'a quiz needs a right answer')
  if (right) checkChoices(poll, right)
  return { poll, right: right ? [...right].sort((a, b) => a - b) : null }
}

/** Throws `bad_request` for an answer that this poll does not have. */
export function checkChoices({ options, multiple }: Pick<Poll, 'options' | 'multiple'>, choices: number[]): void {
  if (new Set(choices).size < choices.length) throw new AppError('bad_request', 'a choice stands twice')
  if (choices.some((choice) => choice >= options.length) || (!multiple && choices.length !== 1))
    throw new AppError('bad_request', 'no such choice')
}

export const pollEvents = {
  /** Students are told of `poll` alone. */
  pollOpened: { poll: AskedPollSchema, right: Type.Optional(ChoicesSchema), preparedId: Type.Optional(Id) },
  /** `tookMs`: from when the question was seen, as the server counts it. */
  pollVoted: { pollSeq: Seq, choices: ChoicesSchema, tookMs: Type.Optional(Type.Integer({ minimum: 0 })) },
  /** Time is up. Those whose picture is behind still have theirs. */
  pollEnding: { pollSeq: Seq },
  pollClosed: { pollSeq: Seq, right: Type.Optional(ChoicesSchema) },
}

/** How far behind the class one’s own picture was when the question came; the room believes so much as it may be. */
export const BehindMs = Type.Integer({ minimum: 0, maximum: 86_400_000 })

const Score = {
  /** Counted from 1; those who are equal have the same. */
  place: Type.Integer(),
  points: Type.Integer(),
  /** Right answers. */
  right: Type.Integer(),
  tookMs: Type.Integer(),
}
/** The first ten, oneself where one has any points, and how many there are. */
export const StandingsSchema = object({
  top: Type.Array(object({ person: PersonSchema, ...Score })),
  own: nullable(object(Score)),
  of: Type.Integer(),
})
export type Standings = Static<typeof StandingsSchema>

const ofPoll = object({ pollSeq: Seq })
/** Answered once the event is stored; `seq` is its place in the log. */
const Logged = object({ seq: Seq })

export const pollRequests = {
  openPoll: request(
    'Staff: asks everyone a question. One is open at a time. `preparedId` says which of the prepared ones it is.',
    object({ ...NewPollSchema.properties, preparedId: Type.Optional(Id) }),
    Logged,
  ),
  vote: request(
    'Answers; answering again changes the answer where that is allowed. `time_up` after the end of one’s time.',
    object({ pollSeq: Seq, choices: ChoicesSchema, behindMs: Type.Optional(BehindMs) }),
    Logged,
  ),
  closePoll: request(
    'Staff: ends the poll; its result stays. Where some watch a picture that is behind, time is up at once, and it is closed when their time is up, too, or when this is asked again.',
    ofPoll,
    Logged,
  ),
  listRanking: request(
    'Who was right, and how fast: in the last quiz, once it is closed, and in all of the class.',
    Nothing,
    object({ quiz: nullable(StandingsSchema), total: StandingsSchema }),
  ),
}

export const pollNotifications = {
  /**
   * Votes per option of the last poll, and how many people have voted; at most once a second. `votes` is null for
   * students while they are not to see them.
   */
  pollResult: object({ pollSeq: Seq, votes: nullable(Type.Array(Type.Integer())), voters: Type.Integer() }),
}
