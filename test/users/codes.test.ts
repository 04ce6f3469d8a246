import t from 'tap'
import { phoneCodes, rateWindows } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send, standingClock } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createTestSms, newPhone, otherThan } from '../support/sms.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business, { limits: { codesPerMinute: 10_000, signInsPerMinute: 10_000 } })
t.teardown(() => app.close())
const { sms, pass } = business
const HOUR_MS = 60 * MINUTE_MS

const ask = (phone: string, purpose = 'sign_in', more: object = {}) =>
  send(app, 'POST /api/phone-codes', { phone, purpose, ...more })
const enter = (phone: string, code: string) =>
  send(app, 'POST /api/session/phone', { phone, code, termsVersion: TERMS_VERSION })

async function sent(phone = newPhone(), purpose = 'sign_in') {
  await ask(phone, purpose)
  return { phone, code: sms.codeOf(phone) }
}

t.test('a code of six digits is sent, and the answer shows the phone with a gap, never the code', async (t) => {
  const phone = newPhone()
  const answer = await ask(phone.slice(3))
  t.equal(answer.status, 202)
  t.strictSame(answer.body, {
    phone: `${phone.slice(3, 6)}****${phone.slice(-4)}`,
    expiresInSeconds: 300,
    resendAfterSeconds: 60,
  })
  t.match(sms.messages.at(-1), { phone, code: /^\d{6}$/, minutes: 5 })
})

t.test('neither phones nor codes are in the database as they are', async (t) => {
  const { phone, code } = await sent()
  const rows = JSON.stringify([await db.select().from(phoneCodes), await db.select().from(rateWindows)])
  t.notMatch(rows, phone.slice(3))
  t.notMatch(rows, `"${code}"`)
  t.notMatch(rows, '127.0.0.1')
})

t.test('a code lets in once', async (t) => {
  const { phone, code } = await sent()
  t.equal((await enter(phone, code)).status, 200)
  const again = await enter(phone, code)
  t.equal(again.status, 401)
  t.equal(again.body.error.code, 'wrong_code')
})

t.test('of the same code from two pages at once, one gets in', async (t) => {
  const { phone, code } = await sent()
  const answers = await Promise.all([1, 2, 3, 4].map(() => enter(phone, code)))
  t.strictSame(answers.map(({ status }) => status).sort(), [200, 401, 401, 401])
})

t.test('a code is good for five minutes', async (t) => {
  const { phone, code } = await sent()
  pass(5 * MINUTE_MS - 1)
  const late = await sent()
  t.equal((await enter(phone, code)).status, 200)
  pass(5 * MINUTE_MS)
  t.equal((await enter(late.phone, late.code)).body.error.code, 'wrong_code')
})

t.test('after five wrong guesses the right code is refused, too', async (t) => {
  const { phone, code } = await sent()
  for (let guess = 0; guess < 5; guess++) t.equal((await enter(phone, otherThan(code))).status, 401)
  t.equal((await enter(phone, code)).status, 401)
  pass(MINUTE_MS)
  const next = await sent(phone)
  t.equal((await enter(phone, next.code)).status, 200, 'a new one is good')
})

t.test('a flood of guesses at the same time is no way around that', async (t) => {
  const { phone, code } = await sent()
  const wrong = Array.from({ length: 20 }, () => otherThan(code))
  await Promise.all(wrong.map((guess) => enter(phone, guess)))
  t.equal((await enter(phone, code)).status, 401)
})

t.test('a new code takes the place of the one before', async (t) => {
  const first = await sent()
  pass(MINUTE_MS)
  const second = await sent(first.phone)
  if (first.code !== second.code) t.equal((await enter(first.phone, first.code)).status, 401)
  t.equal((await enter(first.phone, second.code)).status, 200)
})

t.test('a code is of no use for another purpose, another phone or another person', async (t) => {
  const { phone, code } = await sent()
  const newPassword = 'a new password'
  const reset = (body: object) => send(app, 'POST /api/session/password-reset', { newPassword, ...body })
  t.equal((await reset({ phone, code })).body.error.code, 'wrong_code')
  const stranger = newPhone()
  t.equal((await enter(stranger, code)).body.error.code, 'wrong_code')

  const forReset = await sent(newPhone(), 'reset_password')
  t.equal((await enter(forReset.phone, forReset.code)).body.error.code, 'wrong_code')

  const [ann, bob] = [await business.person(), await business.person()]
  const theirs = newPhone()
  await send(app, 'POST /api/me/phone-codes', { purpose: 'new_phone', phone: theirs }, ann)
  const change = { phone: theirs, code: sms.codeOf(theirs), proof: { password: 'correct horse battery' } }
  t.equal((await enter(theirs, change.code)).body.error.code, 'wrong_code')
  t.equal((await send(app, 'PUT /api/me/phone', change, bob)).body.error.code, 'wrong_code', 'Bob did not ask for it')
  t.equal((await send(app, 'PUT /api/me/phone', change, ann)).status, 200)
})

t.test('the answer is the same for a phone that is known', async (t) => {
  const known = await sent()
  await enter(known.phone, known.code)
  pass(MINUTE_MS)
  for (const purpose of ['sign_in', 'reset_password']) {
    const [one, other] = [await ask(known.phone, purpose), await ask(newPhone(), purpose)]
    t.equal(one.status, other.status)
    t.strictSame(Object.keys(one.body), Object.keys(other.body))
    pass(MINUTE_MS)
  }
  const wrong = [await enter(known.phone, '000000'), await enter(newPhone(), '000000')]
  t.strictSame(wrong[0]!.body, wrong[1]!.body)
  t.equal(sms.messages.filter(({ phone }) => phone === known.phone).length, 3, 'a message goes out each time')
})

t.test('one phone is sent one code a minute, whatever for, and is told how long to wait', async (t) => {
  const { phone } = await sent()
  pass(20_000)
  const early = await ask(phone, 'reset_password')
  t.equal(early.status, 429)
  t.equal(early.headers['retry-after'], '40')
  pass(40_000)
  t.equal((await ask(phone, 'reset_password')).status, 202)
})

t.test('of requests at the same moment for one phone, one is carried out', async (t) => {
  const phone = newPhone()
  const answers = await Promise.all([1, 2, 3].map(() => ask(phone)))
  t.strictSame(answers.map(({ status }) => status).sort(), [202, 429, 429])
  t.equal(sms.messages.filter((message) => message.phone === phone).length, 1)
})

t.test('one phone is sent ten codes a day', async (t) => {
  const phone = newPhone()
  for (let code = 0; code < 10; code++) {
    t.equal((await ask(phone)).status, 202)
    pass(MINUTE_MS)
  }
  const over = await ask(phone)
  t.equal(over.status, 429)
  t.ok(Number(over.headers['retry-after']) > 23 * 3600)
  pass(24 * HOUR_MS)
  t.equal((await ask(phone)).status, 202)
})

t.test('what was refused is not counted', async (t) => {
  const { phone } = await sent()
  for (let attempt = 0; attempt < 20; attempt++) t.equal((await ask(phone)).status, 429)
  pass(MINUTE_MS)
  t.equal((await ask(phone)).status, 202)
})

t.test('a message that could not be sent is said to be so, and its code is good for nothing', async (t) => {
  const phone = newPhone()
  const before = await db.$count(phoneCodes)
  sms.state.broken = true
  const answer = await ask(phone)
  sms.state.broken = false
  t.equal(answer.status, 503)
  t.equal(answer.body.error.code, 'sms_failed')
  t.equal(await db.$count(phoneCodes), before)
  pass(MINUTE_MS)
  t.equal((await ask(phone)).status, 202)
})

t.test('numbers that no messages are sent to, and what is no number, are refused', async (t) => {
  t.equal((await ask('+1 415 555 0123')).body.error.code, 'phone_unsupported')
  t.equal((await ask('+852 9123 4567')).status, 202)
  for (const phone of ['12345678901', 'hello', '+8612345', '13800138000,13900139000'])
    t.equal((await ask(phone)).body.error.code, 'bad_request', phone)
  for (const body of [
    { phone: newPhone(), purpose: 'new_phone' },
    { phone: newPhone(), purpose: 'confirm' },
    { phone: newPhone() },
  ])
    t.equal((await send(app, 'POST /api/phone-codes', body)).status, 400)
  for (const code of ['12345', '1234567', '12345a', '１２３４５６', ''])
    t.equal((await enter(newPhone(), code)).status, 400, code)
})

t.test('limits of the address and of the server', async (t) => {
  const errors: string[] = []
  const log = { error: (_: object, message: string) => errors.push(message) }
  const few = createTestSms({ rates: { perAddressPerHour: 2 } })
  const address = createBusiness(db, standingClock(), { sms: few.setup })
  const request = (users: typeof address.users, from = '10.0.0.1') =>
    users.sendCode({ phone: newPhone(), purpose: 'sign_in' }, from)
  await request(address.users)
  await request(address.users)
  await t.rejects(request(address.users), { code: 'too_many_requests', retryAfterSeconds: 3600 })
  await t.resolves(request(address.users, '10.0.0.2'), 'another address is not held back')
  address.pass(HOUR_MS)
  await t.resolves(request(address.users))

  const server = createBusiness(db, standingClock(), { sms: createTestSms({ rates: { perHour: 1 } }).setup, log })
  server.pass(1000 * HOUR_MS)
  await request(server.users, '10.0.0.1')
  await t.rejects(request(server.users, '10.0.0.2'), { code: 'unavailable' })
  t.match(errors, [/SMS_CODES_PER_HOUR/])
})

t.test('where there is a captcha, no code is sent without it', async (t) => {
  const asked: string[][] = []
  const captcha = {
    verify: async (token: string, from: string) => {
      asked.push([token, from])
      return token === 'solved'
    },
  }
  const page = { siteKey: 'key', scriptUrl: 'https://captcha.example/api.js' }
  const guardedSms = createTestSms({ captcha })
  const guarded = createBusiness(db, standingClock(), { sms: guardedSms.setup, captchaPage: page })
  const guardedApp = await createBusinessApp(guarded)
  t.teardown(() => guardedApp.close())
  const phone = newPhone()
  const request = (more: object) => send(guardedApp, 'POST /api/phone-codes', { phone, purpose: 'sign_in', ...more })
  t.equal((await request({})).body.error.code, 'captcha_failed')
  t.equal((await request({ captchaToken: 'made up' })).status, 403)
  t.strictSame(guardedSms.messages, [])
  t.equal((await request({ captchaToken: 'solved' })).status, 202)
  t.strictSame(asked, [
    ['made up', '127.0.0.1'],
    ['solved', '127.0.0.1'],
  ])
  t.strictSame((await send(guardedApp, 'GET /api/sign-in-ways')).body.captcha, page)
})

t.test('a server without a sender says so, and sends nothing', async (t) => {
  const silent = createBusiness(db, standingClock(), { sms: undefined })
  const silentApp = await createBusinessApp(silent)
  t.teardown(() => silentApp.close())
  t.equal((await send(silentApp, 'GET /api/sign-in-ways')).body.phone, null)
  const answer = await send(silentApp, 'POST /api/phone-codes', { phone: newPhone(), purpose: 'sign_in' })
  t.equal(answer.body.error.code, 'unavailable')
})

t.test('only the demo shows the code in the page', async (t) => {
  const shown = createTestSms({ showCodes: true })
  const demo = createBusiness(db, standingClock(), { sms: shown.setup })
  const phone = newPhone()
  const { demoCode } = await demo.users.sendCode({ phone, purpose: 'sign_in' }, '')
  t.equal(demoCode, shown.codeOf(phone))
})
