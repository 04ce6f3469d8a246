import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createBusiness, createBusinessApp, password, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, pass, revoked, users } = business
const DAY_MS = 24 * 60 * 60_000

const refresh = (token: string) =>
  send(app, 'POST /api/session/refresh', undefined, undefined, { cookie: `refresh=${token}` })

t.test('the refresh token is in a cookie that scripts cannot read and other sites cannot send', async (t) => {
  const { username } = await person()
  const answer = await send(app, 'POST /api/session', { username, password })
  t.match(answer.cookies, [{ name: 'refresh', httpOnly: true, sameSite: 'Strict', path: '/api/session' }])
  t.equal('secure' in answer.cookies[0]!, false)
  t.notMatch(JSON.stringify(answer.body), answer.cookies[0]!.value)
})

t.test('under HTTPS the cookie travels only encrypted', async (t) => {
  const secure = await createBusinessApp(business, { secureCookies: true })
  t.teardown(() => secure.close())
  const { username } = await person()
  const answer = await send(secure, 'POST /api/session', { username, password })
  t.match(answer.cookies, [{ name: 'refresh', secure: true }])
})

t.test('a refresh gives a new access token and a new refresh token', async (t) => {
  const { id, refreshToken } = await person()
  const answer = await refresh(refreshToken)
  t.equal(answer.status, 200)
  t.equal(answer.body.user.id, id)
  t.not(answer.cookies[0]!.value, refreshToken)
  await t.resolves(users.authenticate(answer.body.accessToken))
  t.equal((await refresh(answer.cookies[0]!.value)).status, 200)
})

t.test(
  'a second tab that presents the same token within ten seconds gets access, and no token of its own',
  async (t) => {
    const { refreshToken } = await person()
    const first = await refresh(refreshToken)
    pass(10_000)
    const second = await refresh(refreshToken)
    t.equal(second.status, 200)
    t.strictSame(second.cookies, [])
    await t.resolves(users.authenticate(second.body.accessToken))
    t.equal((await refresh(first.cookies[0]!.value)).status, 200)
  },
)

t.test('a refresh token used again later ends the sign-in for thief and owner', async (t) => {
  const { id, user, refreshToken } = await person()
  const owner = await refresh(refreshToken)
  pass(10_001)
  const thief = await refresh(refreshToken)
  t.equal(thief.status, 401)
  t.equal(thief.cookies[0]?.value, '')
  await t.rejects(users.authenticate(owner.body.accessToken), { code: 'unauthorized' })
  t.equal((await refresh(owner.cookies[0]!.value)).status, 401)
  t.strictSame(revoked.at(-1), { userId: id, sessionId: user.sessionId, reason: 'signed_out' })
})

t.test('a token from before the last one ends the sign-in even within ten seconds', async (t) => {
  const { refreshToken } = await person()
  const second = await refresh(refreshToken)
  await refresh(second.cookies[0]!.value)
  t.equal((await refresh(refreshToken)).status, 401)
  t.equal((await refresh(second.cookies[0]!.value)).status, 401)
})

t.test('a sign-in lives as long as it is used, and ends after 30 days without', async (t) => {
  const { refreshToken } = await person()
  pass(29 * DAY_MS)
  const kept = await refresh(refreshToken)
  t.equal(kept.status, 200)
  pass(31 * DAY_MS)
  t.equal((await refresh(kept.cookies[0]!.value)).status, 401)
})

t.test('an access token ends after ten minutes', async (t) => {
  const { headers } = await person()
  pass(599_000)
  t.equal((await send(app, 'GET /api/me', undefined, { headers })).status, 200)
  pass(2000)
  t.equal((await send(app, 'GET /api/me', undefined, { headers })).status, 401)
})

t.test('signing out ends both tokens at once, and sends this sign-in out of its rooms', async (t) => {
  const someone = await person()
  const answer = await send(app, 'DELETE /api/session', undefined, someone)
  t.equal(answer.status, 204)
  t.equal(answer.cookies[0]?.value, '')
  t.equal((await send(app, 'GET /api/me', undefined, someone)).status, 401)
  t.equal((await refresh(someone.refreshToken)).status, 401)
  const { sessionId } = someone.user
  t.strictSame(revoked.at(-1), { userId: someone.id, sessionId, reason: 'signed_out' })
})

t.test('one sees one’s sign-ins, the last used first', async (t) => {
  const someone = await person()
  pass(1000)
  await users.signIn({ username: someone.username, password }, 'Firefox on a phone')
  const { sessions } = (await send(app, 'GET /api/sessions', undefined, someone)).body
  t.match(sessions, [
    { userAgent: 'Firefox on a phone', current: false },
    { userAgent: 'a test', current: true, id: someone.user.sessionId },
  ])
})

t.test('one can end another of one’s sign-ins', async (t) => {
  const someone = await person()
  const other = await users.signIn({ username: someone.username, password }, '')
  const { sessionId } = await users.authenticate(other.signedIn.accessToken)
  t.equal((await send(app, `DELETE /api/sessions/${sessionId}`, undefined, someone)).status, 204)
  await t.rejects(users.authenticate(other.signedIn.accessToken), { code: 'unauthorized' })
  t.strictSame(revoked.at(-1), { userId: someone.id, sessionId, reason: 'signed_out' })
})

t.test('nobody can end the sign-in of another', async (t) => {
  const [someone, admin] = [await person(), await person('admin')]
  const answer = await send(app, `DELETE /api/sessions/${someone.user.sessionId}`, undefined, admin)
  t.equal(answer.status, 404)
  await t.resolves(users.authenticate(someone.accessToken))
  t.equal((await send(app, `DELETE /api/sessions/${randomUUID()}`, undefined, admin)).status, 404)
})

t.test('sign-ins that ran out are cleared away at the next one', async (t) => {
  const { username } = await person()
  pass(31 * DAY_MS)
  const { signedIn } = await users.signIn({ username, password }, '')
  t.equal((await users.sessionsOf(await users.authenticate(signedIn.accessToken))).length, 1)
})
