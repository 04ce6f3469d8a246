import { eq, isNotNull } from 'drizzle-orm'
import t from 'tap'
import { users as usersTable } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import {
  createBusiness,
  createBusinessApp,
  MINUTE_MS,
  password,
  secret,
  send,
  standingClock,
} from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { newPhone, otherThan } from '../support/sms.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const limits = { codesPerMinute: 10_000, signInsPerMinute: 10_000, changesPerMinute: 10_000 }
const app = await createBusinessApp(business, { limits })
t.teardown(() => app.close())
const { sms, pass, person, revoked, users } = business

async function codeFor(phone: string, purpose: 'sign_in' | 'reset_password' = 'sign_in') {
  await users.sendCode({ phone, purpose }, '')
  return sms.codeOf(phone)
}

/** Somebody who signed in by phone. */
async function phoneOwner(phone = newPhone()) {
  const { body } = await send(app, 'POST /api/session/phone', {
    phone,
    code: await codeFor(phone),
    termsVersion: TERMS_VERSION,
  })
  const headers = { authorization: `Bearer ${body.accessToken}` }
  pass(MINUTE_MS)
  return { phone, body, headers, id: body.user.id as string }
}

type Person = { headers: { authorization: string } }

async function ownCode(someone: Person, phone?: string) {
  const request = phone ? { purpose: 'new_phone', phone } : { purpose: 'confirm' }
  const answer = await send(app, 'POST /api/me/phone-codes', request, someone)
  pass(MINUTE_MS)
  return answer.status === 202 ? sms.messages.at(-1)!.code : answer.body.error.code
}

t.test('a phone that nobody has makes a student’s account, and the next time signs in to it', async (t) => {
  const phone = newPhone()
  const first = await send(app, 'POST /api/session/phone', {
    phone,
    code: await codeFor(phone),
    termsVersion: TERMS_VERSION,
  })
  t.equal(first.status, 200)
  t.match(first.body, {
    isNew: true,
    user: { role: 'student', phone: /^139\*{4}\d{4}$/, hasPassword: false, wechat: null, deletionDueAt: null },
  })
  t.match(first.cookies, [{ name: 'refresh', httpOnly: true, sameSite: 'Strict', path: '/api/session' }])
  pass(MINUTE_MS)
  const second = await send(app, 'POST /api/session/phone', { phone: phone.slice(3), code: await codeFor(phone) })
  t.equal(second.body.isNew, false)
  t.equal(second.body.user.id, first.body.user.id)
})

t.test('a phone that nobody has makes no account without consent, and its code is still good with it', async (t) => {
  const phone = newPhone()
  const form = { phone, code: await codeFor(phone) }
  for (const body of [form, { ...form, termsVersion: '2020-01' }])
    t.equal((await send(app, 'POST /api/session/phone', body)).body.error.code, 'terms_not_accepted')
  const { body } = await send(app, 'POST /api/session/phone', { ...form, termsVersion: TERMS_VERSION })
  t.equal(body.isNew, true)
  const [row] = await db.select().from(usersTable).where(eq(usersTable.id, body.user.id))
  t.match(row, { termsVersion: TERMS_VERSION, termsAcceptedAt: business.now() })
  pass(MINUTE_MS)
  const again = await send(app, 'POST /api/session/phone', { phone, code: await codeFor(phone) })
  t.equal(again.body.isNew, false, 'whoever has an account is not asked')
})

t.test('a phone is kept encrypted, and told to nobody whole', async (t) => {
  const { phone, id, headers } = await phoneOwner()
  const [row] = await db.select().from(usersTable).where(eq(usersTable.id, id))
  t.match(row!.phoneSealed, /^1\.[\w-]+\.[\w-]+$/)
  t.notMatch(JSON.stringify(row), phone.slice(3))
  t.notMatch(JSON.stringify((await send(app, 'GET /api/me', undefined, { headers })).body), phone.slice(3))
  t.notMatch(row!.displayName, phone.slice(-4), 'not even the end of it is in the name that others see')
})

t.test('an account without a password cannot be entered with one', async (t) => {
  const { phone, body } = await phoneOwner()
  for (const username of [phone, body.user.username])
    for (const guess of ['', 'null', password]) {
      const answer = await send(app, 'POST /api/session', { username, password: guess })
      t.equal(answer.body.error.code, 'wrong_credentials')
    }
})

t.test('a forgotten password', async (t) => {
  const owner = await phoneOwner()
  const { phone, headers } = owner
  const reset = (code: string) =>
    send(app, 'POST /api/session/password-reset', { phone, code, newPassword: 'a new password' })

  t.test('is not reset by a wrong code', async (t) => {
    const code = await codeFor(phone, 'reset_password')
    t.equal((await reset(otherThan(code))).body.error.code, 'wrong_code')
    pass(MINUTE_MS)
  })

  t.test('is reset by the code, which ends every sign-in and signs in', async (t) => {
    const answer = await reset(await codeFor(phone, 'reset_password'))
    t.equal(answer.status, 200)
    t.equal(answer.body.user.hasPassword, true)
    t.equal((await send(app, 'GET /api/me', undefined, { headers })).status, 401)
    t.match(revoked.at(-1), { userId: owner.id, reason: 'signed_out' })
    const fresh = { headers: { authorization: `Bearer ${answer.body.accessToken}` } }
    t.equal((await send(app, 'GET /api/me', undefined, fresh)).status, 200)
    pass(MINUTE_MS)
  })

  t.test('then signs in with the phone, however it is written', async (t) => {
    for (const username of [phone, phone.slice(3), `${phone.slice(3, 6)} ${phone.slice(6)}`]) {
      const answer = await send(app, 'POST /api/session', { username, password: 'a new password' })
      t.equal(answer.body.user.id, owner.id, username)
    }
  })

  t.test('of a phone that nobody has is told only to who holds the phone', async (t) => {
    const stranger = newPhone()
    const body = { phone: stranger, newPassword: 'a new password' }
    const line = 'POST /api/session/password-reset'
    t.equal((await send(app, line, { ...body, code: '123456' })).body.error.code, 'wrong_code')
    const code = await codeFor(stranger, 'reset_password')
    t.equal((await send(app, line, { ...body, code })).body.error.code, 'phone_unknown')
  })
})

t.test('guesses at a password are counted together, however the phone is written', async (t) => {
  const strict = await createBusinessApp(business, { limits: { signInsPerMinutePerUser: 2 } })
  t.teardown(() => strict.close())
  const phone = newPhone()
  const ways = [phone, phone.slice(3), `00${phone.slice(1)}`, `${phone.slice(3, 6)}-${phone.slice(6)}`]
  const answers = []
  for (const username of ways) answers.push(await send(strict, 'POST /api/session', { username, password: 'guess' }))
  t.strictSame(
    answers.map(({ status }) => status),
    [401, 401, 429, 429],
  )
})

t.test('nobody can take a phone number for a username, and so be taken for its owner', async (t) => {
  const form = { username: newPhone().slice(3), displayName: 'x', password }
  t.equal((await send(app, 'POST /api/users', form)).status, 400)
})

t.test('setting a password', async (t) => {
  const someone = await phoneOwner()
  const newPassword = 'a first password'

  t.test('needs a proof', async (t) => {
    const answer = await send(app, 'PUT /api/me/password', { newPassword }, someone)
    t.equal(answer.body.error.code, 'confirmation_needed')
    const made = await send(app, 'PUT /api/me/password', { newPassword, currentPassword: '' }, someone)
    t.equal(made.body.error.code, 'confirmation_needed')
  })

  t.test('is done with a code to the phone, which ends the other sign-ins', async (t) => {
    const elsewhere = await phoneOwner(someone.phone)
    const code = await ownCode(someone)
    const answer = await send(app, 'PUT /api/me/password', { newPassword, code }, someone)
    t.equal(answer.status, 204)
    t.equal((await send(app, 'GET /api/me', undefined, elsewhere)).status, 401)
    t.equal((await send(app, 'GET /api/me', undefined, someone)).body.hasPassword, true)
    t.equal((await send(app, 'PUT /api/me/password', { newPassword, code }, someone)).body.error.code, 'wrong_code')
  })
})

t.test('adding a phone to an account with a password', async (t) => {
  const someone = await person()
  const phone = newPhone()
  const code = await ownCode(someone, phone)
  const add = (proof: object, given = code) => send(app, 'PUT /api/me/phone', { phone, code: given, proof }, someone)
  t.equal((await add({})).body.error.code, 'confirmation_needed')
  t.equal((await add({ password: 'a guess' })).body.error.code, 'wrong_credentials')
  t.equal((await add({ password }, otherThan(code))).body.error.code, 'wrong_code')
  t.match((await add({ password })).body, { phone: /^139\*{4}/ })
  pass(MINUTE_MS)
  t.equal((await phoneOwner(phone)).id, someone.id)
})

t.test('changing the phone', async (t) => {
  const someone = await phoneOwner()
  const next = newPhone()

  t.test('needs a code of each', async (t) => {
    const code = await ownCode(someone, next)
    const answer = await send(app, 'PUT /api/me/phone', { phone: next, code, proof: {} }, someone)
    t.equal(answer.body.error.code, 'confirmation_needed')
    const sideways = await send(app, 'PUT /api/me/phone', { phone: next, code, proof: { code } }, someone)
    t.equal(sideways.body.error.code, 'wrong_code')
  })

  t.test('frees the old one, and ends the other sign-ins', async (t) => {
    const elsewhere = await phoneOwner(someone.phone)
    const [confirm, code] = [await ownCode(someone), await ownCode(someone, next)]
    const answer = await send(app, 'PUT /api/me/phone', { phone: next, code, proof: { code: confirm } }, someone)
    t.equal(answer.status, 200)
    t.equal(answer.body.phone, `${next.slice(3, 6)}****${next.slice(-4)}`)
    t.equal((await send(app, 'GET /api/me', undefined, elsewhere)).status, 401)
    t.equal((await phoneOwner(next)).id, someone.id)
    const newcomer = await phoneOwner(someone.phone)
    t.not(newcomer.id, someone.id)
    t.equal(newcomer.body.isNew, true)
  })

  t.test('to one that another account has is refused, only after its owner has proved to hold it', async (t) => {
    const [owner, taker] = [await phoneOwner(), await person()]
    const code = await ownCode(taker, owner.phone)
    t.match(code, /^\d{6}$/)
    const answer = await send(app, 'PUT /api/me/phone', { phone: owner.phone, code, proof: { password } }, taker)
    t.equal(answer.body.error.code, 'phone_taken')
  })
})

t.test('an account without a phone has none to send a code to', async (t) => {
  t.equal(await ownCode(await person()), 'conflict')
})

t.test('one who is signed in cannot have codes sent to the whole town', async (t) => {
  const { user } = await person()
  const request = () => users.sendOwnCode(user, { purpose: 'new_phone', phone: newPhone() }, '')
  for (let index = 0; index < 20; index++) await request()
  await t.rejects(request(), { code: 'too_many_requests' })
})

t.test('signing out everywhere else', async (t) => {
  const here = await person()
  const { username } = here
  const there = await users.signIn({ username, password }, '')
  t.equal((await send(app, 'DELETE /api/sessions', undefined, here)).status, 204)
  await t.rejects(users.authenticate(there.signedIn.accessToken), { code: 'unauthorized' })
  await t.resolves(users.authenticate(here.accessToken))
  t.match(revoked.at(-1), { userId: here.id, reason: 'signed_out' })
})

t.test('a change of the data key', async (t) => {
  const { phone, body } = await phoneOwner()
  const current = new TextEncoder().encode('another key that is long enough, too')

  t.test('is refused where the key that the phones are encrypted with is not said', async (t) => {
    const lost = createBusiness(db, standingClock(), { dataKeys: { current } })
    await t.rejects(lost.users.rekeyPhones(), { message: /data key/ })
  })

  t.test('keeps every phone, readable and found', async (t) => {
    const after = createBusiness(db, standingClock(), { dataKeys: { current, previous: secret } })
    t.equal(await after.users.rekeyPhones(), await db.$count(usersTable, isNotNull(usersTable.phoneSealed)))
    t.equal(await after.users.rekeyPhones(), 0)
    const only = createBusiness(db, standingClock(), { dataKeys: { current } })
    await only.users.sendCode({ phone, purpose: 'sign_in' }, '')
    const again = await only.users.signInByPhone({ phone, code: only.sms.codeOf(phone) }, '')
    t.equal(again.isNew, false)
    t.strictSame(again.signedIn.user, body.user)
  })
})
