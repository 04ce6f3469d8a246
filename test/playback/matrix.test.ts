import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { entitlements, users } from '../../db/schema.ts'
import { grantIn, revokeIn } from '../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { clipMaker } from '../support/clips.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { pdf } from '../support/material.ts'
import { createRecordedClasses } from '../support/recorded-class.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now, side.storage)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
const { now, person, lessons: lessonService } = business

const teacher = await person('teacher')
const course = await shelf.course(teacher.id)
const film = await shelf.stored(teacher.id, 'video', await (await clipMaker(t))('playable'), 'video/mp4')
await shelf.video(film)
await side.videos.make(film)
const free = await shelf.lesson(course, { kind: 'video', fileId: film, free: true })
const trial = await shelf.lesson(course, { kind: 'video', fileId: film, trialSeconds: 8 })
const paid = await shelf.lesson(course, { kind: 'video', fileId: film })
const live = await shelf.lesson(course, { startsAt: now() })
await lessonService.advance(live.id, 'start')
const ended = await createRecordedClasses(business, side.storage, course).record((madeUp) => madeUp.play(3))
const handout = await shelf.stored(teacher.id, 'attachment', pdf(), 'application/pdf', 'handout.pdf')
await shelf.attach(paid.id, handout)

type Person = Awaited<ReturnType<typeof person>>
const grant = (userId: string, subject: { courseId: string } | { planId: string }, orderId?: string) =>
  grantIn(db, { userId, subject, ...(orderId && { orderId }), accessDays: 30, at: now() })

const play = async (from: Person | undefined, lessonId: string) => {
  const answer = await send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID(), takeOver: true }, from)
  return {
    code: answer.body?.error?.code ?? (answer.body?.trialSeconds === null ? 'yes' : 'trial'),
    url: answer.body?.url,
  }
}
const codeAt = async (url: string) => {
  const answer = await app.inject({ url })
  return answer.statusCode === 200 ? 'yes' : answer.json().error.code
}

/** Each viewer, with the address of the paid lesson that they were given while they still had a right to it. */
async function viewers(): Promise<Record<string, { viewer: Person | undefined; address?: string }>> {
  const once = async () => {
    const viewer = await person()
    const order = await shelf.paidOrder(viewer.id, { courseId: course.id, accessDays: 30 })
    await grant(viewer.id, { courseId: course.id }, order.id)
    return { viewer, order, address: (await play(viewer, paid.id)).url as string }
  }
  const [buyer, expired, refunded, banned] = [await once(), await once(), await once(), await once()]
  const plan = await shelf.plan([course.id])
  const member = await person()
  await grant(member.id, { planId: plan.id })

  await db.update(entitlements).set({ endsAt: now() }).where(eq(entitlements.userId, expired.viewer.id))
  const change = await revokeIn(db, { orderId: refunded.order.id, at: now() })
  await business.entitlements.announceRevoked(change!)
  await db.update(users).set({ bannedAt: now(), banReason: 'sold his seat' }).where(eq(users.id, banned.viewer.id))
  await business.users.signOut(banned.viewer.user)
  // An answer may be a second old.
  business.pass(1001)
  return {
    anonymous: { viewer: undefined },
    registered: { viewer: await person() },
    buyer,
    member: { viewer: member, address: (await play(member, paid.id)).url },
    expired,
    refunded,
    banned,
  }
}

const columns = [
  'free lesson',
  'trial',
  'paid lesson',
  'live ticket',
  'replay',
  'attachment',
  'key',
  'segment',
] as const

const matrix: Record<string, string[]> = {
  anonymous: ['unauthorized', 'unauthorized', 'unauthorized', 'unauthorized', 'unauthorized', 'unauthorized', '–', '–'],
  registered: ['yes', 'trial', 'not_entitled', 'not_entitled', 'not_entitled', 'not_entitled', '–', '–'],
  buyer: ['yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  member: ['yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'],
  expired: [
    'yes',
    'trial',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
  ],
  refunded: [
    'yes',
    'trial',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
    'not_entitled',
  ],
  banned: Array<string>(8).fill('unauthorized'),
}

for (const [name, { viewer, address }] of Object.entries(await viewers()))
  t.test(`over HTTP, what is open to: ${name}`, async (t) => {
    const ticket = async () => {
      const { body } = await send(app, `POST /api/lessons/${live.id}/ticket`, undefined, viewer)
      return body.error?.code ?? 'yes'
    }
    const attachment = async () => {
      const { body } = await send(app, `POST /api/files/${handout}/address`, {}, viewer)
      return body.error?.code ?? 'yes'
    }
    const at = (path: string) => (address ? codeAt(address.replace('index.m3u8', path)) : '–')
    // A right that is asked for last takes the lease from the address, so the address is looked at first.
    const [key, segment] = [await at('main/key'), await at('main/0.ts')]
    const answers = [
      (await play(viewer, free.id)).code,
      (await play(viewer, trial.id)).code,
      (await play(viewer, paid.id)).code,
      await ticket(),
      (await play(viewer, ended.id)).code,
      await attachment(),
      key,
      segment,
    ]
    for (const [place, column] of columns.entries()) t.equal(answers[place], matrix[name]![place], column)
  })
