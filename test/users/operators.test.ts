import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { auditEvents, users as usersTable } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, password, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/sms.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, revoked, users, sms, pass } = business
const [operator, admin] = [await person('operator'), await person('admin')]

const ban = (who: { id: string }, by: Parameters<typeof send>[3] = operator, reason = 'selling lamps') =>
  send(app, `PUT /api/users/${who.id}/ban`, { reason }, by)
const auditOf = (id: string) => db.select().from(auditEvents).where(eq(auditEvents.subjectId, id))

async function withPhone() {
  const phone = newPhone()
  await users.sendCode({ phone, purpose: 'sign_in' }, '')
  const { signedIn } = await users.signInByPhone({ phone, code: sms.codeOf(phone), termsVersion: TERMS_VERSION }, '')
  return { phone, id: signedIn.user.id, headers: { authorization: `Bearer ${signedIn.accessToken}` } }
}

t.test('a ban ends every sign-in at once, sends the user out of the rooms, and is written down', async (t) => {
  const someone = await person()
  const elsewhere = await users.signIn({ username: someone.username, password }, 'another device')
  const answer = await ban(someone)
  t.equal(answer.status, 200)
  t.match(answer.body, { id: someone.id, bannedAt: business.now(), banReason: 'selling lamps' })
  t.equal((await send(app, 'GET /api/me', undefined, someone)).status, 401)
  await t.rejects(users.authenticate(elsewhere.signedIn.accessToken), { code: 'unauthorized' })
  await t.rejects(users.refresh(someone.refreshToken), { code: 'unauthorized' })
  t.strictSame(revoked.at(-1), { userId: someone.id, reason: 'banned' })
  t.match(await auditOf(someone.id), [
    { actorId: operator.id, action: 'userBanned', subject: 'user', details: { reason: 'selling lamps' } },
  ])
})

t.test('who is banned is told so at sign-in, after having proved who they are', async (t) => {
  const someone = await person()
  await ban(someone)
  const { username } = someone
  const answer = await send(app, 'POST /api/session', { username, password })
  t.equal(answer.status, 403)
  t.equal(answer.body.error.code, 'banned')
  t.strictSame(answer.cookies, [])
  const guess = await send(app, 'POST /api/session', { username, password: 'a guess' })
  t.equal(guess.body.error.code, 'wrong_credentials')

  const caller = await withPhone()
  await ban(caller)
  const { phone } = caller
  pass(MINUTE_MS)
  await users.sendCode({ phone, purpose: 'sign_in' }, '')
  const entered = await send(app, 'POST /api/session/phone', { phone, code: sms.codeOf(phone) })
  t.equal(entered.body.error.code, 'banned')
  pass(MINUTE_MS)
  await users.sendCode({ phone, purpose: 'reset_password' }, '')
  const reset = { phone, code: sms.codeOf(phone), newPassword: 'a new password' }
  t.equal((await send(app, 'POST /api/session/password-reset', reset)).body.error.code, 'banned')
})

t.test('a ban twice is one ban', async (t) => {
  const someone = await person()
  await ban(someone, operator, 'first')
  const before = revoked.length
  t.match((await ban(someone, operator, 'second')).body, { banReason: 'first' })
  t.equal(revoked.length, before)
  t.equal((await auditOf(someone.id)).length, 1)
})

t.test('the ban is lifted, and written down', async (t) => {
  const someone = await person()
  await ban(someone)
  const answer = await send(app, `DELETE /api/users/${someone.id}/ban`, undefined, operator)
  t.match(answer.body, { bannedAt: null, banReason: null })
  await t.resolves(users.signIn({ username: someone.username, password }, ''))
  t.strictSame((await auditOf(someone.id)).map(({ action }) => action).sort(), ['userBanned', 'userUnbanned'])
  await send(app, `DELETE /api/users/${someone.id}/ban`, undefined, operator)
  t.equal((await auditOf(someone.id)).length, 2, 'once')
})

t.test('who may ban whom', async (t) => {
  const someone = await person()
  for (const role of ['student', 'assistant', 'teacher'] as const)
    t.equal((await ban(someone, await person(role))).status, 403, role)
  t.equal((await ban(someone, undefined)).status, 200, 'an operator')
  t.equal((await ban(await person('operator'))).status, 403, 'not another operator')
  t.equal((await ban(admin)).status, 403)
  t.equal((await ban(operator)).status, 409, 'nor themselves')
  t.equal((await ban(admin, admin)).status, 409)
  t.equal((await ban(await person('operator'), admin)).status, 200)
  t.equal((await ban({ id: randomUUID() })).status, 404)
  const strangers = await send(app, `PUT /api/users/${someone.id}/ban`, { reason: 'x' })
  t.equal(strangers.status, 401)
})

t.test('a ban needs a reason that can be read', async (t) => {
  const someone = await person()
  for (const reason of ['', '  ', 'two\nlines', 'x'.repeat(201)])
    t.equal((await ban(someone, operator, reason)).status, 400)
})

t.test('an account is found by its whole phone, and by no part of it', async (t) => {
  const someone = await withPhone()
  const find = (phone: string) => send(app, 'POST /api/users/by-phone', { phone }, operator)
  const found = (await find(someone.phone.slice(3))).body.user
  t.match(found, { id: someone.id, phone: /^139\*{4}\d{4}$/ })
  t.notMatch(JSON.stringify(found), someone.phone.slice(3))
  t.equal((await find(newPhone())).body.user, null)
  t.equal((await find(someone.phone.slice(-4))).status, 400)
  const listed = await send(app, `GET /api/users?search=${someone.phone.slice(3)}`, undefined, operator)
  t.strictSame(listed.body.users, [])
  t.equal((await send(app, 'POST /api/users/by-phone', { phone: someone.phone }, await person('teacher'))).status, 403)
})

t.test('accounts are listed by role and by state', async (t) => {
  const [teacher, banned] = [await person('teacher', 'listed-teacher'), await person('student', 'listed-banned')]
  await person('student', 'listed-gone')
  await db.update(usersTable).set({ deletedAt: 1 }).where(eq(usersTable.username, 'listed-gone'))
  await ban(banned)
  const list = async (query: string) =>
    (await send(app, `GET /api/users?search=listed-${query}`, undefined, operator)).body.users.map(
      ({ id }: { id: string }) => id,
    )
  t.strictSame(await list(''), [banned.id, teacher.id])
  t.strictSame(await list('&role=teacher'), [teacher.id])
  t.strictSame(await list('&state=banned'), [banned.id])
  t.strictSame(await list('&state=leaving'), [])
  t.equal((await send(app, 'GET /api/users?state=asleep', undefined, operator)).status, 400)
})

t.test('a change of role is written down', async (t) => {
  const someone = await person()
  await send(app, `PUT /api/users/${someone.id}/role`, { role: 'teacher' }, admin)
  t.match(await auditOf(someone.id), [
    { actorId: admin.id, action: 'roleChanged', details: { from: 'student', to: 'teacher' } },
  ])
})
