import t, { type Test } from 'tap'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { createBusiness, createBusinessApp, password, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const limits = { signUpsPerHour: 3, signInsPerMinute: 6, signInsPerMinutePerUser: 2 }

async function open(t: Test) {
  const app = await createBusinessApp(business, { limits })
  t.teardown(() => app.close())
  return app
}

t.test('guesses at one account are few', async (t) => {
  const app = await open(t)
  const guess = (username: string) => send(app, 'POST /api/session', { username, password: 'a guess' })
  const { username } = await business.person()
  t.equal((await guess(username)).status, 401)
  t.equal((await guess(username.toUpperCase())).status, 401)
  const third = await guess(username)
  t.equal(third.status, 429)
  t.match(third.body, { error: { code: 'too_many_requests' } })
  t.ok(Number(third.headers['retry-after']) > 0)
  t.equal((await guess('someone-else')).status, 401, 'others from the same address are not hindered')
})

t.test('guesses at many accounts are few too', async (t) => {
  const app = await open(t)
  const statuses = []
  for (let number = 0; number < 7; number++)
    statuses.push((await send(app, 'POST /api/session', { username: `spray-${number}`, password })).status)
  t.strictSame(statuses, [401, 401, 401, 401, 401, 401, 429])
})

t.test('accounts are not made in bulk', async (t) => {
  const app = await open(t)
  const statuses = []
  for (let number = 0; number < 4; number++) {
    const form = { username: `bulk-${number}`, displayName: 'B', password, termsVersion: TERMS_VERSION }
    const answer = await send(app, 'POST /api/users', form)
    statuses.push(answer.status)
    if (answer.status === 429) t.ok(Number(answer.headers['retry-after']) > 0)
  }
  t.strictSame(statuses, [201, 201, 201, 429])
})
