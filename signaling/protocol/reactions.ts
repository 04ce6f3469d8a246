/** Likes, applause and hearts: given by many at once, told and kept as numbers. */
import { Type } from 'typebox'
import { limits, type Reaction, reactions } from './constants.ts'
import { Nothing, object, request, type Static } from './define.ts'

const countsUpTo = (maximum: number) =>
  Object.fromEntries(reactions.map((kind) => [kind, Type.Integer({ minimum: 0, maximum })])) as {
    [kind in Reaction]: ReturnType<typeof Type.Integer>
  }

/** How many of each. */
export const ReactionCountsSchema = object(countsUpTo(2 ** 31 - 1))
export type ReactionCounts = Static<typeof ReactionCountsSchema>

export const noReactions: ReactionCounts = { like: 0, applause: 0, heart: 0 }

export const addReactions = (some: ReactionCounts, more: ReactionCounts): ReactionCounts => ({
  like: some.like + more.like,
  applause: some.applause + more.applause,
  heart: some.heart + more.heart,
})

export const sumOf = ({ like, applause, heart }: ReactionCounts): number => like + applause + heart

export const reactionEvents = {
  /** What everyone together has given since the last of these, by nobody in particular. */
  reactionsGiven: { counts: ReactionCountsSchema },
}

export const reactionRequests = {
  react: request(
    'Gives what one has tapped since the last of these, while the class is on. The room is told every two seconds what all have given.',
    object(countsUpTo(limits.reactionsAtOnce)),
    Nothing,
  ),
}
