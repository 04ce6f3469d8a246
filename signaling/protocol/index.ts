/** The whole protocol: three kinds of frame, declared once, read by the server, the browser and the docs. */
import { boardNotifications, boardRequests } from './board.ts'
import type { Static } from './define.ts'
import type { ErrorCode } from './errors.ts'
import { mediaNotifications, mediaRequests } from './media.ts'
import { moderationRequests } from './moderation.ts'
import { noticeRequests } from './notices.ts'
import { orderRequests } from './order.ts'
import { pollNotifications, pollRequests } from './polls.ts'
import { questionNotifications, questionRequests } from './questions.ts'
import { reactionRequests } from './reactions.ts'
import { roomNotifications, roomRequests } from './room.ts'
import { signInNotifications, signInRequests } from './sign-ins.ts'

export const requests = {
  ...roomRequests,
  ...pollRequests,
  ...signInRequests,
  ...questionRequests,
  ...orderRequests,
  ...moderationRequests,
  ...boardRequests,
  ...noticeRequests,
  ...reactionRequests,
  ...mediaRequests,
}
export const notifications = {
  ...roomNotifications,
  ...pollNotifications,
  ...signInNotifications,
  ...questionNotifications,
  ...boardNotifications,
  ...mediaNotifications,
}

export type Method = keyof typeof requests
export type Data<M extends Method> = Static<(typeof requests)[M]['data']>
export type Result<M extends Method> = Static<(typeof requests)[M]['result']>

export type Topic = keyof typeof notifications
export type Payload<T extends Topic> = Static<(typeof notifications)[T]>

/** Up: always answered, under the same id. */
export type RequestFrame = { id: number; method: string; data: unknown }
/** Down: the answer. */
export type ResponseFrame =
  | { id: number; result: unknown }
  | { id: number; error: { code: ErrorCode; message: string } }
/** Down: news, never answered. */
export type NotificationFrame = { [T in Topic]: { topic: T; data: Payload<T> } }[Topic]
