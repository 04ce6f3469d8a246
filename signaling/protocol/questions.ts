/** Questions to the teacher: asked, voted for, answered aloud or in writing. */
import { Type } from 'typebox'
import { nullable, object, oneOf, request, Said, Seq, Timestamp } from './define.ts'
import { AnswerTextSchema, PersonSchema, QuestionTextSchema } from './events.ts'
import type { Question } from './question-list.ts'

export const QuestionSchema = object({
  seq: Seq,
  at: Timestamp,
  /** Null: asked without a name. */
  by: nullable(PersonSchema),
  anonymous: Type.Boolean(),
  /** The message that it was made of. */
  messageSeq: nullable(Seq),
  text: Type.String(),
  /** `taken`: the teacher is answering it now. */
  status: oneOf<Question['status']>('open', 'taken', 'answered'),
  answer: nullable(object({ text: Type.String(), by: nullable(PersonSchema) })),
  votes: Type.Integer(),
})

const ofQuestion = object({ questionSeq: Seq })
const Logged = object({ seq: Seq })

export const questionRequests = {
  askQuestion: request(
    'Asks the teacher. Without a name only where the settings of the room allow it; staff see the name all the same.',
    object({ text: QuestionTextSchema, anonymous: Type.Boolean() }),
    Said,
  ),
  voteQuestion: request(
    'Votes for a question of somebody else that is not answered yet, or takes the vote back.',
    object({ questionSeq: Seq, up: Type.Boolean() }),
    Logged,
  ),
  dismissQuestion: request('Takes back one’s own question; staff may dismiss anyone’s.', ofQuestion, Logged),
  promoteMessage: request(
    'Staff: makes a question of a message, by whoever said it.',
    object({ messageSeq: Seq }),
    Logged,
  ),
  takeQuestion: request(
    'Staff: answers this question aloud now; the one before counts as answered.',
    ofQuestion,
    Logged,
  ),
  answerQuestion: request(
    'Staff: marks a question as answered, with an answer in writing or, where `text` is null, without.',
    object({ questionSeq: Seq, text: nullable(AnswerTextSchema) }),
    Logged,
  ),
  reopenQuestion: request('Staff: puts a question back among the open ones.', ofQuestion, Logged),
  mergeQuestion: request(
    'Staff: lets a question go up in another that asks the same; its votes go along.',
    object({ questionSeq: Seq, intoSeq: Seq }),
    Logged,
  ),
}

export const questionNotifications = {
  /** Votes of those questions whose votes have changed; at most once a second. */
  questionVotes: object({ votes: Type.Array(object({ questionSeq: Seq, votes: Type.Integer() })) }),
}
