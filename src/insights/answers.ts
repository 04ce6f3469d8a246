/** What students answered in polls and quizzes, and whether they signed in: as tables, with names. */
import { and, eq, gt, isNull, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { entitlements, lessons, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { EventType, Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { castBallot, openPoll, pointsOf, type RunPoll } from '../../signaling/protocol/poll-state.ts'
import { csvTable } from '../http/csv.ts'
import { clock } from './clock.ts'
import { readEvents } from './room-log.ts'

const read: EventType[] = ['peerJoined', 'pollOpened', 'pollVoted', 'signInOpened', 'signedIn']

type Answered = { by: Person; mediaMs: number | null }
type Asked = RunPoll & { answered: Map<string, Answered> }
type SignIn = { mediaMs: number | null; came: Map<string, Answered> }
type Answers = { students: Map<string, Person>; polls: Asked[]; signIns: SignIn[] }

/** All that was asked in a class, in its order, with the last answer of everyone. */
async function answersOf(db: Db, lessonId: string): Promise<Answers> {
  const answers: Answers = { students: new Map(), polls: [], signIns: [] }
  const polls = new Map<number, Asked>()
  const signIns = new Map<number, SignIn>()
  for await (const event of readEvents(db, lessonId, read)) {
    const { by, mediaMs } = event
    if (by?.role === 'student') answers.students.set(by.peerId, by)
    if (event.type === 'pollOpened') polls.set(event.seq, { ...openPoll(event), answered: new Map() })
    if (event.type === 'signInOpened') signIns.set(event.seq, { mediaMs, came: new Map() })
    if (event.type === 'signedIn' && by) signIns.get(event.data.signInSeq)?.came.set(by.peerId, { by, mediaMs })
    if (event.type === 'pollVoted') voted(polls.get(event.data.pollSeq), event)
  }
  return { ...answers, polls: [...polls.values()], signIns: [...signIns.values()] }
}

function voted(poll: Asked | undefined, { at, by, mediaMs, data }: Extract<RoomEvent, { type: 'pollVoted' }>): void {
  if (!poll || !by) return
  castBallot(poll, by.peerId, at, data)
  poll.answered.set(by.peerId, { by, mediaMs })
}

/** One line for each student, one column for each poll. */
export async function classAsTable(db: Db, lessonId: string): Promise<string> {
  const { students, polls } = await answersOf(db, lessonId)
  const head = [
    '姓名 Name',
    ...polls.map(({ question }, index) => `${index + 1}. ${question}`),
    '答对 Right',
    '得分 Points',
  ]
  const rows = [...students.values()].sort(byName).map(({ peerId, displayName }) => {
    const earned = polls.map((poll) => pointsIn(poll, peerId))
    const points = earned.reduce((sum, each) => sum + each, 0)
    const answers = polls.map((poll) => `${answerIn(poll, peerId)}${mark(poll, peerId)}`)
    return [displayName, ...answers, String(earned.filter((each) => each > 0).length), String(points)]
  })
  return csvTable([head, ...rows])
}

/** One line for each answer, in order of name. */
export async function pollAsTable(db: Db, lessonId: string, pollSeq: number): Promise<string> {
  const { polls } = await answersOf(db, lessonId)
  const poll = polls.find((each) => each.pollSeq === pollSeq)
  if (!poll) throw new AppError('not_found', 'there is no such poll')
  const head = [
    '题目 Question',
    '姓名 Name',
    '回答 Answer',
    '正误 Right',
    '用时（秒） Seconds',
    '得分 Points',
    '课上时刻 Answered at',
  ]
  const rows = [...poll.answered.values()]
    .sort((one, other) => byName(one.by, other.by))
    .map(({ by: { peerId, displayName }, mediaMs }) => [
      poll.question,
      displayName,
      answerIn(poll, peerId),
      poll.right ? mark(poll, peerId).trim() : '',
      (poll.ballots.get(peerId)!.tookMs / 1000).toFixed(1),
      poll.right ? String(pointsIn(poll, peerId)) : '',
      mediaMs === null ? '' : clock(mediaMs),
    ])
  return csvTable([head, ...rows])
}

/** One line for each student who was there, and for each who has the course and was not; one column for each sign-in. */
export async function signInsAsTable(db: Db, lessonId: string): Promise<string> {
  const { students, signIns } = await answersOf(db, lessonId)
  const head = [
    '姓名 Name',
    '到课 In class',
    ...signIns.map(
      ({ mediaMs }, index) => `签到 Sign-in ${index + 1}${mediaMs === null ? '' : ` (${clock(mediaMs)})`}`,
    ),
  ]
  const present = [...students.values()].sort(byName).map(({ peerId, displayName }) => [
    displayName,
    '是 Yes',
    ...signIns.map(({ came }) => {
      const signed = came.get(peerId)
      if (!signed) return '未签到 Missed'
      return signed.mediaMs === null ? '已签到 Signed in' : `已签到 Signed in (${clock(signed.mediaMs)})`
    }),
  ])
  const absent = (await holdersOf(db, lessonId))
    .filter(({ id }) => !students.has(id))
    .map(({ displayName }) => [displayName, '否 No', ...signIns.map(() => '未签到 Missed')])
  return csvTable([head, ...present, ...absent])
}

/** Those who have the course of this lesson, bought or given. */
const holdersOf = (db: Db, lessonId: string) =>
  db
    .selectDistinct({ id: users.id, displayName: users.displayName })
    .from(lessons)
    .innerJoin(entitlements, eq(entitlements.courseId, lessons.courseId))
    .innerJoin(users, eq(users.id, entitlements.userId))
    .where(
      and(
        eq(lessons.id, lessonId),
        isNull(entitlements.revokedAt),
        isNull(users.deletedAt),
        or(isNull(entitlements.endsAt), isNull(lessons.startedAt), gt(entitlements.endsAt, lessons.startedAt)),
      ),
    )
    .orderBy(users.displayName)

const answerIn = ({ kind, options, ballots }: Asked, peerId: string): string => {
  const choices = ballots.get(peerId)?.choices ?? []
  return choices.map((choice) => (kind === 'rating' ? `${choice + 1} ★` : options[choice]!)).join('; ')
}

const pointsIn = (poll: Asked, peerId: string): number => {
  const ballot = poll.ballots.get(peerId)
  return ballot ? pointsOf(poll, ballot) : 0
}

const mark = (poll: Asked, peerId: string): string => {
  if (!poll.right || !poll.ballots.has(peerId)) return ''
  return pointsIn(poll, peerId) > 0 ? ' ✓' : ' ✗'
}

const byName = (one: Person, other: Person) => (one.displayName < other.displayName ? -1 : 1)
