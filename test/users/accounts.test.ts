import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { users } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { createBusiness, createBusinessApp, password, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, revoked } = business
const form = (username: string, displayName = 'Mia') => ({
  username,
  displayName,
  password,
  termsVersion: TERMS_VERSION,
})

t.test('signing up makes a student, signed in', async (t) => {
  const answer = await send(app, 'POST /api/users', form('Mia.01', ' Mia '))
  t.equal(answer.status, 201)
  t.match(answer.body, {
    user: { username: 'mia.01', displayName: 'Mia', role: 'student' },
    accessToken: String,
    expiresInSeconds: 600,
  })
  const headers = { authorization: `Bearer ${answer.body.accessToken}` }
  t.strictSame((await send(app, 'GET /api/me', undefined, { headers })).body, answer.body.user)
})

t.test('no account is made without consent to the terms in force, which is written down', async (t) => {
  const { termsVersion, ...without } = form('unsure')
  for (const body of [without, { ...without, termsVersion: '2020-01' }]) {
    const answer = await send(app, 'POST /api/users', body)
    t.equal(answer.status, 409)
    t.equal(answer.body.error.code, 'terms_not_accepted')
  }
  const { body } = await send(app, 'POST /api/users', { ...without, termsVersion })
  const [row] = await db.select().from(users).where(eq(users.id, body.user.id))
  t.match(row, { termsVersion: TERMS_VERSION, termsAcceptedAt: business.now() })
})

t.test('the terms and the privacy policy are there for everyone, in both languages', async (t) => {
  const { body } = await send(app, 'GET /api/terms')
  t.match(body, {
    version: (await send(app, 'GET /api/sign-in-ways')).body.termsVersion,
    terms: { zh: /用户协议/, en: /Terms of use/ },
    privacy: { zh: /隐私政策/, en: /Privacy policy/ },
  })
  for (const { zh, en } of [body.terms, body.privacy]) for (const text of [zh, en]) t.match(text, body.version)
})

t.test('an account from before there were terms still signs in', async (t) => {
  const { id, username } = await person()
  const [row] = await db.select().from(users).where(eq(users.id, id))
  t.match(row, { termsVersion: null, termsAcceptedAt: null })
  t.equal((await send(app, 'POST /api/session', { username, password })).status, 200)
})

t.test('the first account is nothing special', async (t) => {
  const answer = await send(app, 'POST /api/users', form('first-of-all'))
  t.equal(answer.body.user.role, 'student')
})

t.test('a username is taken whatever its case', async (t) => {
  await send(app, 'POST /api/users', form('taken'))
  const answer = await send(app, 'POST /api/users', form('TAKEN'))
  t.equal(answer.status, 409)
  t.equal(answer.body.error.code, 'username_taken')
})

t.test('nobody can choose a role for themselves', async (t) => {
  const answer = await send(app, 'POST /api/users', { ...form('ambitious'), role: 'admin' })
  t.equal(answer.status, 400)
})

t.test('malformed accounts are refused by the name of the field', async (t) => {
  const bad: [string, Record<string, unknown>][] = [
    ['username', form('ab')],
    ['username', form('with space')],
    ['username', form('学生学生')],
    ['username', form('a'.repeat(33))],
    ['displayName', form('good-name', '   ')],
    ['displayName', form('good-name', 'two\nlines')],
    ['displayName', form('good-name', 'nul\u0000')],
    ['displayName', form('good-name', 'x'.repeat(41))],
    ['password', { ...form('good-name'), password: 'short' }],
    ['password', { ...form('good-name'), password: 'x'.repeat(201) }],
    ['password', { ...form('good-name'), password: 12345678 }],
    ['password', { username: 'good-name', displayName: 'x' }],
  ]
  for (const [field, body] of bad) {
    const answer = await send(app, 'POST /api/users', body)
    t.equal(answer.status, 400, JSON.stringify(body))
    t.match(answer.body, { error: { code: 'bad_request', message: new RegExp(field) } })
  }
})

t.test('a display name may be in any language', async (t) => {
  const { headers } = await person()
  const answer = await send(app, 'PATCH /api/me', { displayName: '小雨 🌧' }, { headers })
  t.equal(answer.body.displayName, '小雨 🌧')
})

t.test('a wrong password and an unknown user are told the same', async (t) => {
  const { username } = await person()
  const wrong = await send(app, 'POST /api/session', { username, password: 'not the password' })
  const unknown = await send(app, 'POST /api/session', { username: 'nobody-at-all', password })
  t.equal(wrong.status, 401)
  t.equal(wrong.body.error.code, 'wrong_credentials')
  t.strictSame(unknown.body, wrong.body)
})

t.test('signing in takes the username in any case', async (t) => {
  const { id, username } = await person()
  const answer = await send(app, 'POST /api/session', { username: username.toUpperCase(), password })
  t.equal(answer.body.user.id, id)
})

t.test('no answer carries a password or its hash', async (t) => {
  const { headers } = await person('admin')
  for (const line of ['GET /api/me', 'GET /api/users', 'GET /api/sessions']) {
    const { body } = await send(app, line, undefined, { headers })
    t.notMatch(JSON.stringify(body), /argon2|"password|refresh/i, line)
  }
})

t.test('changing the password', async (t) => {
  const owner = await person()
  const { username, headers } = owner
  const elsewhere = await business.users.signIn({ username, password }, 'another device')
  const next = 'a new password'

  t.test('needs the current one', async (t) => {
    const body = { currentPassword: 'a guess', newPassword: next }
    const answer = await send(app, 'PUT /api/me/password', body, owner)
    t.equal(answer.body.error.code, 'wrong_credentials')
    await t.resolves(business.users.signIn({ username, password }, ''))
  })

  t.test('ends the other sign-ins and keeps this one', async (t) => {
    const answer = await send(app, 'PUT /api/me/password', { currentPassword: password, newPassword: next }, owner)
    t.equal(answer.status, 204)
    t.equal((await send(app, 'GET /api/me', undefined, { headers })).status, 200)
    await t.rejects(business.users.authenticate(elsewhere.signedIn.accessToken), { code: 'unauthorized' })
    await t.rejects(business.users.signIn({ username, password }, ''), { code: 'wrong_credentials' })
    await t.resolves(business.users.signIn({ username, password: next }, ''))
  })
})

t.test('roles', async (t) => {
  const admin = await person('admin')

  t.test('only an admin changes them', async (t) => {
    const other = await person()
    for (const role of ['student', 'assistant', 'teacher', 'operator'] as const) {
      const answer = await send(app, `PUT /api/users/${other.id}/role`, { role: 'admin' }, await person(role))
      t.equal(answer.status, 403, role)
    }
    t.equal((await business.users.get(other.id)).role, 'student')
  })

  t.test('a change holds from the next request on, and sends the user out of every room', async (t) => {
    const other = await person()
    const answer = await send(app, `PUT /api/users/${other.id}/role`, { role: 'teacher' }, admin)
    t.equal(answer.body.role, 'teacher')
    t.equal((await business.users.authenticate(other.accessToken)).role, 'teacher')
    t.strictSame(revoked.at(-1), { userId: other.id, reason: 'role_changed' })
  })

  t.test('giving someone the role they have disturbs nobody', async (t) => {
    const other = await person('teacher')
    const before = revoked.length
    const answer = await send(app, `PUT /api/users/${other.id}/role`, { role: 'teacher' }, admin)
    t.equal(answer.status, 200)
    t.equal(revoked.length, before)
  })

  t.test('admins cannot give up their own', async (t) => {
    const answer = await send(app, `PUT /api/users/${admin.id}/role`, { role: 'student' }, admin)
    t.equal(answer.status, 409)
    t.equal((await business.users.get(admin.id)).role, 'admin')
  })

  t.test('there is none for a user who does not exist, and none of any other name', async (t) => {
    t.equal((await send(app, `PUT /api/users/${randomUUID()}/role`, { role: 'teacher' }, admin)).status, 404)
    t.equal((await send(app, 'PUT /api/users/1%20or%201=1/role', { role: 'teacher' }, admin)).status, 400)
    const { id } = await person()
    t.equal((await send(app, `PUT /api/users/${id}/role`, { role: 'owner' }, admin)).status, 400)
  })
})

t.test('accounts are listed for operators and admins only', async (t) => {
  t.equal((await send(app, 'GET /api/users')).status, 401)
  t.equal((await send(app, 'GET /api/users', undefined, await person('teacher'))).status, 403)
  t.equal((await send(app, 'GET /api/users', undefined, await person('operator'))).status, 200)
})

t.test('the list of accounts comes in pages, in order of username', async (t) => {
  for (let number = 100; number < 160; number++) await person('student', `paged-${number}`)
  const operator = await person('operator')
  const first = (await send(app, 'GET /api/users?search=paged-', undefined, operator)).body
  const second = (await send(app, `GET /api/users?search=paged-&after=${first.next}`, undefined, operator)).body
  const names = [...first.users, ...second.users].map(({ username }) => username)
  t.equal(names.length, 60)
  t.strictSame(names, [...names].sort())
  t.equal(second.next, null)
})
