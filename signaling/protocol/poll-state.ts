/** A poll as its votes leave it: what each person may see of it, and who was right how fast. */
import { Type } from 'typebox'
import { firstPoll } from './constants.ts'
import { nullable, object, Seq, type Static, Timestamp } from './define.ts'
import type { RoomEvent } from './events.ts'
import type { Role } from './person.ts'
import { ChoicesSchema, type Poll, PollSchema } from './polls.ts'

/** What a right answer is worth at once; at the end of the time half of it. */
const MOST_POINTS = 1000

export const PollStateSchema = object({
  pollSeq: Seq,
  ...PollSchema.properties,
  openedAt: Timestamp,
  /** The end of the time for those who see the class at once; null where there is none. */
  endsAt: nullable(Timestamp),
  open: Type.Boolean(),
  /** Null for students while they are not to see them. */
  votes: nullable(Type.Array(Type.Integer())),
  voters: Type.Integer(),
  /** The right answers of a quiz; null for students before it is closed. */
  right: nullable(ChoicesSchema),
})
export type PollState = Static<typeof PollStateSchema>

export type Ballot = { choices: number[]; tookMs: number }
export type RunPoll = Poll & {
  pollSeq: number
  openedAt: number
  endsAt: number | null
  open: boolean
  right: number[] | null
  /** Whether everyone has been told what is right. */
  told: boolean
  ballots: Map<string, Ballot>
}
export type Score = { points: number; right: number; tookMs: number }
export type Scores = Map<string, Score>

type Event<T extends RoomEvent['type']> = Extract<RoomEvent, { type: T }>

export function openPoll({ seq, at, data }: Event<'pollOpened'>): RunPoll {
  const poll = { ...firstPoll, ...data.poll }
  const endsAt = poll.seconds === null ? null : at + poll.seconds * 1000
  const right = data.right ?? null
  return { ...poll, pollSeq: seq, openedAt: at, endsAt, open: true, right, told: false, ballots: new Map() }
}

export function castBallot(poll: RunPoll, peerId: string, at: number, { choices, tookMs }: Event<'pollVoted'>['data']) {
  poll.ballots.set(peerId, { choices, tookMs: tookMs ?? at - poll.openedAt })
}

/** Adds what was earned in a quiz to what was earned before. */
export function score(scores: Scores, poll: RunPoll): void {
  for (const [peerId, { points, right, tookMs }] of earnedIn(poll)) {
    const before = scores.get(peerId) ?? { points: 0, right: 0, tookMs: 0 }
    scores.set(peerId, {
      points: before.points + points,
      right: before.right + right,
      tookMs: before.tookMs + tookMs,
    })
  }
}

/** Of those who were right. */
export const earnedIn = (poll: RunPoll): Scores =>
  new Map(
    [...poll.ballots].flatMap(([peerId, ballot]) => {
      const points = pointsOf(poll, ballot)
      return points > 0 ? [[peerId, { points, right: 1, tookMs: ballot.tookMs }]] : []
    }),
  )

/** Nothing for a wrong answer; for a right one the more, the sooner it came, where there was an end. */
export function pointsOf({ right, seconds }: Pick<RunPoll, 'right' | 'seconds'>, { choices, tookMs }: Ballot): number {
  if (!right || !isSame(right, choices)) return 0
  const late = seconds === null ? 0 : Math.min(1, tookMs / (seconds * 1000))
  return Math.round(MOST_POINTS * (1 - late / 2))
}

const isSame = (right: number[], choices: number[]) =>
  right.length === choices.length && choices.every((choice) => right.includes(choice))

/** What this person may see of it now. */
export function pollFor({ role }: { role: Role }, poll: RunPoll): PollState {
  const { ballots, told, right, ...asked } = poll
  const counted = role !== 'student' || !poll.open || poll.results === 'live'
  return {
    ...asked,
    votes: counted ? votesOf(poll) : null,
    voters: ballots.size,
    right: role !== 'student' || told ? right : null,
  }
}

function votesOf({ options, ballots }: RunPoll): number[] {
  const votes = options.map(() => 0)
  for (const { choices } of ballots.values()) for (const choice of choices) votes[choice]! += 1
  return votes
}
