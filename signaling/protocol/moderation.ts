/** What students write is looked at: before it is shown, when it is reported, and afterwards. */
import { Type } from 'typebox'
import { Nothing, nullable, object, request, Seq } from './define.ts'
import { BannedWordsSchema, RoomEventSchema } from './events.ts'

const ofMessage = object({ messageSeq: Seq })
const Logged = object({ seq: Seq })

export const moderationRequests = {
  decideHeld: request(
    'Staff: shows what waits for review, by whoever wrote it, or does away with it.',
    object({ heldSeq: Seq, accept: Type.Boolean() }),
    Logged,
  ),
  reportMessage: request('Tells staff that a message should not be there.', ofMessage, Logged),
  dismissReport: request('Staff: the reported message may stay.', ofMessage, Logged),
  listReports: request(
    'Staff: the reported messages, and how many have reported each.',
    Nothing,
    object({ reports: Type.Array(object({ message: RoomEventSchema, reporters: Type.Integer() })) }),
  ),
  changeWords: request(
    'Staff: the words that are refused in this room, beside those of the operator.',
    object({ words: BannedWordsSchema }),
    Logged,
  ),
  listModeration: request(
    'Staff: what was done for order, the latest first, and the messages, questions and held texts that it was about, deleted ones too.',
    object({ beforeSeq: Type.Optional(Seq) }),
    object({ acts: Type.Array(RoomEventSchema), about: Type.Array(RoomEventSchema), next: nullable(Seq) }),
  ),
}
