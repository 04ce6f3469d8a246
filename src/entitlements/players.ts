/** Players ask again with all they fetch: all who watch one lesson are answered by one statement. */
import { and, eq, sql } from 'drizzle-orm'
import { courses, lessons, lessonTrials, playbackLeases, sessions, users } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { gathered } from './gathered.ts'
import { type Action, type Granted, granted, judge, type RightsDeps, refused, standingOf } from './rights.ts'

/** What an address was given out for: a player of one sign-in of a person. */
export type Player = { userId: string; sessionId: string; playerId: string }
/** `triedAt`: when this person's trial of the lesson began, if it did. */
export type PlayerRight = { decision: Granted; triedAt: number | null }

const AT_ONCE = 500

type Found = Awaited<ReturnType<typeof findAll>>[number]
type Desk = { find: (player: Player) => Promise<Found | undefined>; waiting: number }

export function createPlayers(deps: RightsDeps) {
  const desks = new Map<string, Desk>()
  const open = (lessonId: string): Desk => ({
    find: gathered(AT_ONCE, async (players: Player[]) => {
      const sessionIds = [...new Set(players.map(({ sessionId }) => sessionId))].join()
      const found = await findAll(deps.db, { lessonId, sessionIds, at: deps.now() })
      const bySession = new Map(found.map((each) => [each.sessionId, each]))
      return players.map(({ sessionId }) => bySession.get(sessionId))
    }),
    waiting: 0,
  })

  /** A lesson about which nobody waits for an answer has no desk. */
  async function find(lessonId: string, player: Player): Promise<Found | undefined> {
    const desk = desks.get(lessonId) ?? open(lessonId)
    desks.set(lessonId, desk)
    desk.waiting += 1
    try {
      return await desk.find(player)
    } finally {
      desk.waiting -= 1
      if (desk.waiting === 0) desks.delete(lessonId)
    }
  }

  /**
   * Whether this player may go on: throws `unauthorized` where the sign-in has ended or is of another person, the code
   * of a refused right, or `taken_over`.
   */
  return async (player: Player, action: Action, lessonId: string): Promise<PlayerRight> => {
    const found = await find(lessonId, player)
    if (found?.id !== player.userId) throw new AppError('unauthorized', 'this address is not valid any more')
    const decision = found.cancelledAt === null ? judge(found, found, action) : refused('not_found')
    const right = { decision: granted(decision, action), triedAt: found.triedAt }
    if (found.leaseSessionId !== player.sessionId || found.leasePlayerId !== player.playerId)
      throw new AppError('taken_over', 'another device has taken over')
    return right
  }
}

type Asked = { lessonId: string; sessionIds: string; at: number }
/** The sign-ins travel as one value, parted by commas: the statement is the same however many they are. */
const findAll = statement((db, { lessonId, sessionIds, at }: Blanks<Asked>) =>
  db
    .select({
      sessionId: sessions.id,
      id: users.id,
      role: users.role,
      cancelledAt: lessons.cancelledAt,
      leaseSessionId: playbackLeases.sessionId,
      leasePlayerId: playbackLeases.playerId,
      triedAt: lessonTrials.startedAt,
      ...standingOf(users.id, at),
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .innerJoin(lessons, eq(lessons.id, lessonId))
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .leftJoin(playbackLeases, eq(playbackLeases.userId, users.id))
    .leftJoin(lessonTrials, and(eq(lessonTrials.userId, users.id), eq(lessonTrials.lessonId, lessons.id)))
    .where(sql`${sessions.id} = any(string_to_array(${sessionIds}::text, ',')::uuid[])`),
)
