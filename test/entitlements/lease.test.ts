import { randomUUID } from 'node:crypto'
import t from 'tap'
import { LEASE_SECONDS } from '../../src/entitlements/lease.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, pass } = business

type Person = Awaited<ReturnType<typeof person>>
const play = (from: Person, playerId: string, takeOver?: boolean) =>
  send(app, 'PUT /api/lease', { playerId, ...(takeOver !== undefined && { takeOver }) }, from)
const renew = (from: Person, playerId: string) => send(app, 'POST /api/lease/renew', { playerId }, from)
const release = (from: Person, playerId: string) => send(app, 'POST /api/lease/release', { playerId }, from)

t.test('the second device is told that another one plays, and by which words it goes', async (t) => {
  const someone = await person()
  t.equal((await play(someone, randomUUID())).status, 204)
  const second = await play(someone, randomUUID())
  t.match(second, { status: 409, body: { error: { code: 'playing_elsewhere' } } })
  const { body } = await send(app, 'GET /api/lease', undefined, someone)
  t.match(body, { holder: { userAgent: 'a test', thisDevice: true } })
})

t.test('who takes over plays, and the other stops', async (t) => {
  const someone = await person()
  const [phone, laptop] = [randomUUID(), randomUUID()]
  await play(someone, phone)
  t.equal((await play(someone, laptop, true)).status, 204)
  t.equal((await renew(someone, laptop)).status, 204)
  t.match(await renew(someone, phone), { status: 409, body: { error: { code: 'taken_over' } } })
})

t.test('a player that says nothing for a while makes way', async (t) => {
  const someone = await person()
  const [gone, next] = [randomUUID(), randomUUID()]
  await play(someone, gone)
  pass(LEASE_SECONDS * 1000 - 1)
  t.equal((await play(someone, next)).status, 409)
  pass(1)
  t.equal((await play(someone, next)).status, 204)
})

t.test('a player that renews keeps playing', async (t) => {
  const someone = await person()
  const [first, other] = [randomUUID(), randomUUID()]
  await play(someone, first)
  for (let times = 0; times < 5; times++) {
    pass(LEASE_SECONDS * 500)
    t.equal((await renew(someone, first)).status, 204)
  }
  t.equal((await play(someone, other)).status, 409)
})

t.test('a player that stops lets the next one in at once', async (t) => {
  const someone = await person()
  const first = randomUUID()
  await play(someone, first)
  t.equal((await release(someone, first)).status, 204)
  t.equal((await play(someone, randomUUID())).status, 204)
})

t.test('nobody can stop, renew or take the player of somebody else', async (t) => {
  const [someone, other] = [await person(), await person()]
  const player = randomUUID()
  await play(someone, player)
  t.equal((await renew(other, player)).status, 409)
  await release(other, player)
  t.equal((await play(other, player, true)).status, 204)
  t.equal((await renew(someone, player)).status, 204)
})

t.test('two devices do not share a player, though it says the same of itself on both', async (t) => {
  const someone = await person()
  const player = randomUUID()
  await play(someone, player)
  const other = await business.again(someone)
  t.match(await play(other, player), { status: 409, body: { error: { code: 'playing_elsewhere' } } })
  t.match(await renew(other, player), { status: 409, body: { error: { code: 'taken_over' } } })
  t.equal((await play(other, player, true)).status, 204)
  t.match(await renew(someone, player), { status: 409, body: { error: { code: 'taken_over' } } })
})

t.test('signing a device out ends its playing', async (t) => {
  const someone = await person()
  await play(someone, randomUUID())
  await business.users.signOut(someone.user)
  t.equal(await business.entitlements.leaseHolder(someone.user), null)
})

t.test('of many who come at once, one plays', async (t) => {
  const someone = await person()
  const answers = await Promise.all(Array.from({ length: 6 }, () => play(someone, randomUUID())))
  t.equal(answers.filter(({ status }) => status === 204).length, 1)
})
