/** Sign-in (签到): staff ask who is there, students say so once, while the countdown runs. */
import { Type } from 'typebox'
import { limits } from './constants.ts'
import { nullable, object, oneOf, request, Seq, type Static, Timestamp } from './define.ts'
import { PersonSchema } from './person.ts'
import { BehindMs } from './polls.ts'

const Seconds = Type.Integer({ minimum: limits.signInSeconds.least, maximum: limits.signInSeconds.most })

export const signInEvents = {
  signInOpened: { seconds: Seconds },
  signedIn: { signInSeq: Seq },
  signInClosed: { signInSeq: Seq },
}

/** The last sign-in of a room, as one person sees it. */
export const SignInStateSchema = object({
  signInSeq: Seq,
  openedAt: Timestamp,
  endsAt: Timestamp,
  open: Type.Boolean(),
  /** How many have signed in. */
  count: Type.Integer(),
  /** Whether one has signed in oneself. */
  signed: Type.Boolean(),
})
export type SignInState = Static<typeof SignInStateSchema>

const ofSignIn = object({ signInSeq: Seq })
const Logged = object({ seq: Seq })

export const signInRequests = {
  openSignIn: request('Staff: asks who is there. One is open at a time.', object({ seconds: Seconds }), Logged),
  signIn: request(
    'Student: says that one is there. `time_up` after the end of one’s time.',
    object({ signInSeq: Seq, behindMs: Type.Optional(BehindMs) }),
    Logged,
  ),
  closeSignIn: request('Staff: ends it before its time.', ofSignIn, Logged),
  listSignedIn: request(
    'Staff: one page of who has signed in, or of the students who are here and have not, in order of name.',
    object({
      signInSeq: Seq,
      who: oneOf('came', 'missing'),
      after: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    object({
      people: Type.Array(object({ person: PersonSchema, at: nullable(Timestamp) })),
      total: Type.Integer(),
      next: nullable(Type.String()),
    }),
  ),
}

export const signInNotifications = {
  /** How many have signed in; at most once a second. */
  signInCount: object({ signInSeq: Seq, count: Type.Integer() }),
}
