/** The polls and quizzes that were prepared for a class, as they travel over HTTP. */
import { Type } from 'typebox'
import { limits } from '../../../signaling/protocol/constants.ts'
import { object, type Static } from '../../../signaling/protocol/define.ts'
import { NewPollSchema } from '../../../signaling/protocol/polls.ts'
import { Uuid } from './shared.ts'

const PreparedPollSchema = object({ id: Uuid, poll: NewPollSchema })
export type PreparedPoll = Static<typeof PreparedPollSchema>
/** All of them in their order. `version` is the one that was seen; 0 while nobody has prepared any. */
export const PreparedPollsSchema = object({
  version: Type.Integer({ minimum: 0 }),
  polls: Type.Array(PreparedPollSchema, { maxItems: limits.preparedPolls }),
})
export type PreparedPolls = Static<typeof PreparedPollsSchema>
