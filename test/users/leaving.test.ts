import { randomUUID } from 'node:crypto'
import { and, eq, getTableName, is, isNull } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import t from 'tap'
import * as schema from '../../db/schema.ts'
import { addPersonalData } from '../../src/account-side.ts'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, password, send, standingClock } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createShelf } from '../support/shelf.ts'
import { newPhone } from '../support/sms.ts'
import { openWechat, PUBLIC_URL } from '../support/wechat.ts'

const db = await openTestDatabase(t)
const wechat = await openWechat(t)
const business = createBusiness(db, standingClock(), {
  wechat: { provider: wechat.provider, publicUrl: PUBLIC_URL },
  deletionDays: 7,
})
const app = await createBusinessApp(business, { limits: { changesPerMinute: 10_000 } })
t.teardown(() => app.close())
const { person, pass, users, revoked, sms, now } = business
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now, side.storage)
addPersonalData(users, db, side.files)
const DAY_MS = 24 * 60 * MINUTE_MS
const proof = { password }

type Someone = { headers: { authorization: string } }
const leave = (who: Someone, given: object = proof) => send(app, 'POST /api/me/deletion', { proof: given }, who)
const stay = (who: Someone) => send(app, 'DELETE /api/me/deletion', undefined, who)
const take = (who: Someone, given: object = proof) => send(app, 'POST /api/me/export', { proof: given }, who)
const rowOf = async (id: string) => (await db.select().from(schema.users).where(eq(schema.users.id, id)))[0]!

/** Somebody with a phone, a WeChat, a course and a past. */
async function regular() {
  const someone = await person()
  const phone = newPhone()
  await users.sendOwnCode(someone.user, { purpose: 'new_phone', phone }, '')
  await users.changePhone(someone.user, { phone, code: sms.codeOf(phone), proof })
  const nickname = `R ${someone.id.slice(0, 8)}`
  const { url, pass: ticket } = await users.leaveToLink(someone.user, 'website', proof)
  const state = new URL(url).searchParams.get('state')!
  await users.linkWechat(someone.user, ticket, { code: wechat.person(nickname), state })
  return { ...someone, phone, nickname }
}

t.test('the account is deleted in seven days, which the owner sees and can call off', async (t) => {
  const someone = await person()
  const elsewhere = await users.signIn({ username: someone.username, password }, '')
  const asked = await leave(someone)
  t.equal(asked.status, 200)
  t.equal(asked.body.deletionDueAt, now() + 7 * DAY_MS)
  await t.rejects(users.authenticate(elsewhere.signedIn.accessToken), { code: 'unauthorized' })
  pass(6 * DAY_MS)
  await users.sweep()
  const back = await send(app, 'POST /api/session', { username: someone.username, password })
  t.equal(back.body.user.deletionDueAt, asked.body.deletionDueAt, 'it is said at sign-in')
  const kept = await stay({ headers: { authorization: `Bearer ${back.body.accessToken}` } })
  t.equal(kept.body.deletionDueAt, null)
  pass(2 * DAY_MS)
  await users.sweep()
  await t.resolves(users.signIn({ username: someone.username, password }, ''))
})

t.test('asking for it needs a proof', async (t) => {
  const someone = await person()
  t.equal((await leave(someone, {})).body.error.code, 'confirmation_needed')
  t.equal((await leave(someone, { password: 'a guess' })).body.error.code, 'wrong_credentials')
  t.equal((await rowOf(someone.id)).deletionDueAt, null)
})

t.test('whom others depend on cannot leave before somebody takes over', async (t) => {
  for (const role of ['teacher', 'operator', 'admin'] as const)
    t.equal((await leave(await person(role))).body.error.code, 'hand_over_first', role)
  const promoted = await person()
  await leave(promoted)
  await users.setRole((await person('admin')).user, promoted.id, 'teacher')
  pass(8 * DAY_MS)
  await users.sweep()
  t.equal((await rowOf(promoted.id)).deletedAt, null, 'nor who has become one of them meanwhile')
})

t.test('when its time has come', async (t) => {
  const someone = await regular()
  const { id, phone, username, nickname } = someone
  const teacher = await person('teacher')
  const course = await shelf.course(teacher.id)
  const lesson = await shelf.lesson(course, { kind: 'article' })
  await shelf.entitle(id, course.id)
  const at = now()
  await db
    .insert(schema.reviews)
    .values({ courseId: course.id, userId: id, rating: 5, text: 'I, Ann, liked it', createdAt: at, updatedAt: at })
  await db
    .insert(schema.lessonProgress)
    .values({ userId: id, lessonId: lesson.id, watched: [], startedAt: at, updatedAt: at })
  await db.insert(schema.lessonTrials).values({ userId: id, lessonId: lesson.id, startedAt: at })
  const file = await shelf.stored(id, 'image', Buffer.from('bytes'), 'image/png', 'my face.png')
  const inUse = await shelf.stored(id, 'attachment', Buffer.from('bytes'), 'application/zip', 'Ann’s notes.zip')
  await shelf.attach(lesson.id, inUse)
  const [order] = await db
    .insert(schema.orders)
    .values({
      orderNo: randomUUID(),
      userId: id,
      courseId: course.id,
      title: 'Light',
      listFen: 100,
      payableFen: 100,
      agreementVersion: '1',
      consentedAt: at,
      expiresAt: at,
      createdAt: at,
    })
    .returning()
  const attempt = {
    orderId: order!.id,
    channel: 'wechat_jsapi',
    provider: 'wechat',
    amountFen: 100,
    expiresAt: at,
    createdAt: at,
  } as const
  await db.insert(schema.paymentAttempts).values([
    { ...attempt, outTradeNo: randomUUID(), status: 'closed', payer: { openid: 'o1', clientIp: '203.0.113.7' } },
    { ...attempt, outTradeNo: randomUUID(), status: 'pending', payer: { openid: 'o1' } },
  ])
  const roomId = randomUUID()
  const by = { peerId: id, displayName: 'Ann', role: 'student' as const }
  const other = { peerId: teacher.id, displayName: 'Ms T', role: 'teacher' as const }
  const event = { at, mediaMs: null }
  const log = createDatabaseRoomLog(db)
  await log.append(roomId, [
    { ...event, seq: 1, by, type: 'messageSent', data: { text: 'nul \u0000 and half a pair \ud83d' } },
    { ...event, seq: 2, by: other, type: 'floorGiven', data: { peer: by } },
    { ...event, seq: 3, by: other, type: 'messageSent', data: { text: 'Well said \u0000' } },
    { ...event, seq: 4, by: null, type: 'classEnded', data: {} },
  ])
  await leave(someone)
  pass(7 * DAY_MS)
  await users.sweep()

  t.test('nothing of the account is left but its id', async (t) => {
    const row = await rowOf(id)
    t.match(row, {
      username: `deleted-${id}`,
      displayName: '已注销 Deleted',
      passwordHash: null,
      phoneSealed: null,
      phoneIndex: null,
      deletionDueAt: null,
      deletedAt: now(),
    })
    t.equal(await db.$count(schema.wechatAccounts, eq(schema.wechatAccounts.userId, id)), 0)
    t.equal(await db.$count(schema.wechatOpenIds, eq(schema.wechatOpenIds.userId, id)), 0)
    t.equal(await db.$count(schema.sessions, eq(schema.sessions.userId, id)), 0)
    t.match(revoked.at(-1), { userId: id, reason: 'signed_out' })
  })

  t.test('nobody signs in to it, and its phone, WeChat and username are free', async (t) => {
    await t.rejects(users.signIn({ username, password }, ''), { code: 'wrong_credentials' })
    await t.rejects(users.signIn({ username: phone, password }, ''), { code: 'wrong_credentials' })
    await users.sendCode({ phone, purpose: 'sign_in' }, '')
    const entry = { phone, code: sms.codeOf(phone), termsVersion: TERMS_VERSION }
    const again = await users.signInByPhone(entry, '')
    t.equal(again.isNew, true)
    const { url, pass: ticket } = await users.leaveToSignIn('website', TERMS_VERSION)
    const state = new URL(url).searchParams.get('state')!
    t.equal((await users.signInByWechat(ticket, { code: wechat.person(nickname), state }, '')).isNew, true)
    const form = { username, displayName: 'x', password, termsVersion: TERMS_VERSION }
    t.equal((await send(app, 'POST /api/users', form)).status, 201)
  })

  t.test('orders and rights are kept under the bare id; who paid is forgotten where nothing is open', async (t) => {
    t.equal(await db.$count(schema.orders, eq(schema.orders.userId, id)), 1)
    t.equal(
      await db.$count(
        schema.entitlements,
        and(eq(schema.entitlements.userId, id), isNull(schema.entitlements.revokedAt)),
      ),
      1,
    )
    const attempts = await db.select().from(schema.paymentAttempts).where(eq(schema.paymentAttempts.orderId, order!.id))
    t.strictSame(Object.fromEntries(attempts.map(({ status, payer }) => [status, payer])), {
      closed: {},
      pending: { openid: 'o1' },
    })
  })

  t.test('progress and trials are gone, a review keeps its stars and loses its words', async (t) => {
    t.equal(await db.$count(schema.lessonProgress, eq(schema.lessonProgress.userId, id)), 0)
    t.equal(await db.$count(schema.lessonTrials, eq(schema.lessonTrials.userId, id)), 0)
    t.match(await db.select().from(schema.reviews).where(eq(schema.reviews.userId, id)), [{ rating: 5, text: '' }])
  })

  t.test('files are removed with their bytes; one that a lesson shows loses its name', async (t) => {
    const left = await db.select().from(schema.files).where(eq(schema.files.ownerId, id))
    t.match(left, [{ id: inUse, name: 'file' }])
    t.equal(left.length, 1)
    t.equal(await side.storage.read(`originals/${file}`), undefined)
  })

  t.test('the class keeps its log, in which the person has no name', async (t) => {
    const events = []
    for await (const batch of log.read(roomId, 0)) events.push(...batch)
    const nobody = { peerId: id, displayName: '已注销 Deleted', role: 'student' }
    t.match(events, [
      { by: nobody, data: { text: 'nul \u0000 and half a pair \ud83d' } },
      { by: other, data: { peer: nobody } },
      { by: other, data: { text: 'Well said \u0000' } },
      { by: null },
    ])
    t.notMatch(JSON.stringify(events), 'Ann')
  })

  t.test('it is written down, without saying who it was', async (t) => {
    const entries = await db.select().from(schema.auditEvents).where(eq(schema.auditEvents.subjectId, id))
    t.match(entries, [{ actorId: null, action: 'accountDeleted', details: {} }])
  })

  t.test('a sweep after that changes nothing', async (t) => {
    const before = await rowOf(id)
    await users.sweep()
    t.strictSame(await rowOf(id), before)
    t.equal(await db.$count(schema.auditEvents, eq(schema.auditEvents.subjectId, id)), 1)
  })
})

t.test('a deletion that fails half-way leaves the account as it was, and is done at the next sweep', async (t) => {
  const someone = await person()
  await leave(someone)
  pass(7 * DAY_MS)
  let fails = true
  users.personalData.push({
    name: 'shaky',
    gather: async () => null,
    erase: async () => {
      if (fails) throw new Error('not now')
    },
  })
  await t.rejects(users.sweep(), { errors: [{ message: 'not now' }] })
  t.equal((await rowOf(someone.id)).username, someone.username)
  fails = false
  await users.sweep()
  t.equal((await rowOf(someone.id)).username, `deleted-${someone.id}`)
  users.personalData.pop()
})

t.test('an export', async (t) => {
  const someone = await regular()
  const other = await regular()
  t.test('needs a proof', async (t) => {
    t.equal((await take(someone, {})).body.error.code, 'confirmation_needed')
  })

  t.test('holds what every feature has of oneself, and nothing of others', async (t) => {
    const { status, body } = await take(someone)
    t.equal(status, 200)
    t.strictSame(Object.keys(body).sort(), [
      'account',
      'audit',
      'classes',
      'exportedAt',
      'files',
      'learning',
      'purchases',
      'rights',
      'streaming',
    ])
    t.match(body.account, {
      id: someone.id,
      username: someone.username,
      phone: someone.phone,
      hasPassword: true,
      wechat: { nickname: someone.nickname, openIds: [{ appId: wechat.website.appId }] },
      signIns: [{ userAgent: 'a test' }],
    })
    const text = JSON.stringify(body)
    t.notMatch(text, other.id)
    t.notMatch(text, /argon2|"passwordHash|"phoneSealed|"phoneIndex|refreshId/)
  })

  t.test('can be had a few times a day', async (t) => {
    await take(someone)
    await take(someone)
    const over = await take(someone)
    t.equal(over.status, 429)
    t.ok(Number(over.headers['retry-after']) > 3600)
  })
})

t.test('codes and counts that are over are forgotten', async (t) => {
  await users.sendCode({ phone: newPhone(), purpose: 'sign_in' }, '')
  pass(2 * DAY_MS)
  await users.sweep()
  t.equal(await db.$count(schema.phoneCodes), 0)
  t.equal(await db.$count(schema.rateWindows), 0)
})

/** Every table that knows people, and which part of an export tells of it; null: it says nothing about them. */
const told: Record<string, string | null> = {
  sessions: 'account',
  wechat_accounts: 'account',
  courses: 'learning',
  lessons: 'learning',
  lesson_assistants: 'learning',
  lesson_progress: 'learning',
  reviews: 'learning',
  files: 'files',
  uploads: 'files',
  entitlements: 'rights',
  lesson_trials: 'rights',
  playback_leases: 'rights',
  orders: 'purchases',
  coupon_redemptions: 'purchases',
  refunds: 'purchases',
  idempotency_keys: null,
  stream_keys: 'streaming',
  provider_events: null,
  reconciliation_differences: null,
}

t.test('no table that knows people is forgotten', async (t) => {
  const tables = (Object.values(schema) as unknown[]).filter((each): each is PgTable => is(each, PgTable))
  t.ok(tables.length > 30)
  for (const table of tables) {
    const aboutPeople = getTableConfig(table).foreignKeys.some((key) => key.reference().foreignTable === schema.users)
    if (!aboutPeople) continue
    const name = getTableName(table)
    t.ok(name in told, name)
    const part = told[name]
    if (part)
      t.ok(
        users.personalData.some((each) => each.name === part),
        `${name} in ${part}`,
      )
  }
})

t.test('to be deleted is no way round a ban', async (t) => {
  const operator = await person('operator')
  const { id, phone, nickname, ...someone } = await regular()
  await leave(someone)
  await users.ban(operator.user, id, 'spam')
  pass(7 * DAY_MS)
  await users.sweep()
  const codeTo = async (purpose: 'sign_in' | 'reset_password') => {
    pass(MINUTE_MS)
    await users.sendCode({ phone, purpose }, '')
    return sms.codeOf(phone)
  }
  const byPhone = async () =>
    users.signInByPhone({ phone, code: await codeTo('sign_in'), termsVersion: TERMS_VERSION }, '')
  const byWechat = async () => {
    const { url, pass: ticket } = await users.leaveToSignIn('website', TERMS_VERSION)
    const state = new URL(url).searchParams.get('state')!
    return users.signInByWechat(ticket, { code: wechat.person(nickname), state }, '')
  }

  t.test('its data is gone like that of any other', async (t) => {
    const gone = { username: `deleted-${id}`, displayName: '已注销 Deleted', phoneSealed: null, passwordHash: null }
    t.match(await rowOf(id), { ...gone, deletedAt: now(), banReason: 'spam' })
    const [linked] = await db.select().from(schema.wechatAccounts).where(eq(schema.wechatAccounts.userId, id))
    t.equal(linked?.nickname, '已注销 Deleted')
  })

  t.test('its phone and its WeChat open no other account', async (t) => {
    await t.rejects(byPhone(), { code: 'banned' })
    const code = await codeTo('reset_password')
    const reset = users.resetPassword({ phone, code, newPassword: password }, '')
    await t.rejects(reset, { code: 'banned' })
    await t.rejects(byWechat(), { code: 'banned' })
    t.equal((await rowOf(id)).passwordHash, null)
  })

  t.test('an operator who finds it by its phone and lifts the ban sets both free', async (t) => {
    const found = await users.findByPhone(phone)
    t.match(found, { id, phone: null, banReason: 'spam' })
    t.match(await users.unban(operator.user, id), { bannedAt: null })
    t.equal((await byPhone()).isNew, true)
    t.equal((await byWechat()).isNew, true)
  })
})
