/** Every request of the protocol with its handler; those that need a place are given it. */
import type { Handlers } from '../dispatch.ts'
import type { Data, Method } from '../protocol/index.ts'
import { boardHandlers } from './board.ts'
import { type Caller, type Seat, seatFor } from './caller.ts'
import { entranceHandlers } from './entrance.ts'
import { mediaHandlers } from './media.ts'
import { moderationHandlers } from './moderation.ts'
import { noticeHandlers } from './notices.ts'
import { orderHandlers } from './order.ts'
import { pollHandlers } from './polls.ts'
import { questionHandlers } from './questions.ts'
import { reactionHandlers } from './reactions.ts'
import { roomHandlers } from './room.ts'
import { signInHandlers } from './sign-ins.ts'

type SeatedMethod = Exclude<Method, keyof typeof entranceHandlers>

const seatedHandlers: Handlers<Seat, SeatedMethod> = {
  ...roomHandlers,
  ...pollHandlers,
  ...signInHandlers,
  ...questionHandlers,
  ...boardHandlers,
  ...reactionHandlers,
  ...orderHandlers,
  ...moderationHandlers,
  ...noticeHandlers,
  ...mediaHandlers,
}

const seated = Object.fromEntries(
  Object.entries(seatedHandlers).map(([name, handler]) => {
    const method = name as SeatedMethod
    const run = handler as (seat: Seat, data: Data<Method>) => unknown
    return [method, (caller: Caller, data: Data<Method>) => run(seatFor(method, caller), data)]
  }),
) as Handlers<Caller, SeatedMethod>

export const handlers: Handlers<Caller> = { ...entranceHandlers, ...seated }
