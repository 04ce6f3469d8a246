/** Places in rooms are asked about, too: so that a right which just ends, or whose end nobody was told of, closes its place. */
import { eq, inArray } from 'drizzle-orm'
import { courses, lessons, users } from '../../db/schema.ts'
import type { Bus, BusMessages } from '../../signaling/ports.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { isStaff, judge, mayTeach, type RightsDeps, type Standing, standingOf, type Viewer } from './rights.ts'

/** `trial`: it is held for as long as a trial lasts, which its room knows. */
export type Place = { lessonId: string; userId: string; role: Role; trial: boolean }

const AT_ONCE = 500

/** Sends away whoever holds a place that they would not get now. */
export async function callRoll(deps: RightsDeps & { bus: Bus }, places: Place[]): Promise<void> {
  for (const [lessonId, held] of Map.groupBy(places, (place) => place.lessonId))
    for (let first = 0; first < held.length; first += AT_ONCE)
      await callSome(deps, lessonId, held.slice(first, first + AT_ONCE))
}

async function callSome({ db, now, bus }: RightsDeps & { bus: Bus }, lessonId: string, places: Place[]): Promise<void> {
  const userIds = places.map(({ userId }) => userId)
  const found = await db
    .select({ id: users.id, role: users.role, bannedAt: users.bannedAt, ...standingOf(users.id, now()) })
    .from(lessons)
    .innerJoin(users, inArray(users.id, userIds))
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .where(eq(lessons.id, lessonId))
  const people = new Map(found.map((person) => [person.id, person]))
  for (const place of places) {
    const person = people.get(place.userId)
    const reason = person && whyNot(place, person)
    if (reason) await bus.publish('accessRevoked', { userId: place.userId, lessonId, reason })
  }
}

type Person = Viewer & Standing & { bannedAt: number | null }

function whyNot(place: Place, person: Person): BusMessages['accessRevoked']['reason'] | undefined {
  if (person.bannedAt !== null) return 'banned'
  const { allowed } = judge(person, person, 'enter')
  if (allowed === false || (allowed === 'trial' && !place.trial)) return 'not_entitled'
  return roleOf(person) === place.role ? undefined : 'role_changed'
}

/** As `roleIn` says it for one. */
function roleOf(person: Person): Role {
  if (person.teacherId === person.id && mayTeach(person)) return 'teacher'
  return isStaff(person) || person.assists ? 'assistant' : 'student'
}
