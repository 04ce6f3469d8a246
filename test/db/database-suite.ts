/** What every database must do for us; run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { lessons, sessions, users } from '../../db/schema.ts'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import type { OAuthProvider } from '../../src/users/oauth.ts'
import { createUsers } from '../../src/users/service.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { recorderSuite } from '../contract/recorder-suite.ts'
import { roomLogSuite } from '../contract/room-log-suite.ts'
import { createBusiness, password, passwords, secret, standingClock } from '../support/business.ts'
import { newPhone } from '../support/sms.ts'

const account = (username: string) => ({ username, displayName: 'A', passwordHash: '-', createdAt: 1 })
const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code)).sort()

export async function databaseSuite(t: Test, db: Db) {
  const business = createBusiness(db)
  const { users: accounts, lessons: service, person, lesson } = business

  t.test('times come back as the numbers they were', async (t) => {
    const createdAt = 8_640_000_000_000_000
    const [row] = await db
      .insert(users)
      .values({ ...account('far-future'), createdAt })
      .returning()
    t.equal(row?.createdAt, createdAt)
  })

  t.test('a transaction that fails leaves nothing behind', async (t) => {
    const doomed = db.transaction(async (transaction) => {
      await transaction.insert(users).values(account('half-done'))
      throw new Error('no')
    })
    await t.rejects(doomed, { message: 'no' })
    t.equal(await db.$count(users, eq(users.username, 'half-done')), 0)
  })

  t.test('a username in upper case is refused, so that there is one of each', async (t) => {
    await t.rejects(db.insert(users).values(account('Upper')))
  })

  t.test('a lesson cannot end that never started', async (t) => {
    const { user } = await person('teacher')
    const { id } = await lesson(user)
    await t.rejects(db.update(lessons).set({ status: 'ended' }).where(eq(lessons.id, id)))
  })

  t.test('of many who want a username, one gets it', async (t) => {
    const attempt = (_: unknown, index: number) =>
      accounts.signUp(
        { username: index % 2 ? 'wanted' : 'WANTED', displayName: 'W', password, termsVersion: TERMS_VERSION },
        '',
      )
    const results = await Promise.allSettled(Array.from({ length: 4 }, attempt))
    t.strictSame(codes(results), ['done', 'username_taken', 'username_taken', 'username_taken'])
  })

  t.test('of refreshes at the same time, one rotates the token and all get access', async (t) => {
    const { refreshToken } = await person()
    const results = await Promise.all([1, 2, 3].map(() => accounts.refresh(refreshToken)))
    t.equal(results.filter((result) => result.refreshToken).length, 1)
    for (const { signedIn } of results) await t.resolves(accounts.authenticate(signedIn.accessToken))
  })

  /** A sign-in whose password is verified, but which has not opened its session yet. */
  const signInHalfway = async (username: string) => {
    const [verified, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const verify: typeof passwords.verify = async (...given) => {
      const right = await passwords.verify(...given)
      verified.resolve()
      await gate.promise
      return right
    }
    const slow = createUsers({
      db,
      bus: createMemoryBus(),
      secret,
      now: business.now,
      passwords: { ...passwords, verify },
    })
    const signedIn = slow.signIn({ username, password }, 'in flight')
    signedIn.catch(() => {})
    await verified.promise
    return { signedIn, goOn: gate.resolve }
  }

  t.test('a sign-in with the old password that is overtaken by a change of it opens nothing', async (t) => {
    const { user, username } = await person()
    const { signedIn, goOn } = await signInHalfway(username)
    await accounts.changePassword(user, { password }, 'another password')
    goOn()
    await t.rejects(signedIn, { code: 'wrong_credentials' })
    t.match(await accounts.sessionsOf(user), [{ current: true }])
    t.equal((await accounts.sessionsOf(user)).length, 1)
  })

  t.test('a sign-in that comes while the change is being stored waits for it', async (t) => {
    const { user, username } = await person()
    const { signedIn, goOn } = await signInHalfway(username)
    await db.transaction(async (transaction) => {
      await transaction.update(users).set({ passwordHash: 'another' }).where(eq(users.id, user.id))
      goOn()
      await Promise.race([signedIn.catch(() => {}), setTimeout(100)])
    })
    await t.rejects(signedIn, { code: 'wrong_credentials' })
  })

  t.test('a sign-in that is overtaken by a ban opens nothing', async (t) => {
    const [{ id, username }, operator] = [await person(), await person('operator')]
    const { signedIn, goOn } = await signInHalfway(username)
    await accounts.ban(operator.user, id, 'x')
    goOn()
    await t.rejects(signedIn, { code: 'banned' })
    t.equal(await db.$count(sessions, eq(sessions.userId, id)), 0)
  })

  t.test('of two changes of one password at once, one is made', async (t) => {
    const { user } = await person()
    const changes = ['first password', 'second password'].map((next) =>
      accounts.changePassword(user, { password }, next),
    )
    t.strictSame(codes(await Promise.allSettled(changes)), ['done', 'wrong_credentials'])
  })

  const codeFor = async (phone: string) => {
    await accounts.sendCode({ phone, purpose: 'sign_in' }, '')
    return business.sms.codeOf(phone)
  }

  t.test('of many who ask for a code to one phone at once, one has it sent', async (t) => {
    const phone = newPhone()
    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(() => codeFor(phone)))
    t.strictSame(codes(results), ['done', ...Array(4).fill('too_many_requests')])
  })

  t.test('of many who enter the same code at once, one is let in, to one account', async (t) => {
    const phone = newPhone()
    const code = await codeFor(phone)
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map(() => accounts.signInByPhone({ phone, code, termsVersion: TERMS_VERSION }, '')),
    )
    t.strictSame(codes(results), ['done', 'wrong_code', 'wrong_code', 'wrong_code'])
  })

  t.test('of guesses at the same time no more than five are looked at', async (t) => {
    const phone = newPhone()
    const right = await codeFor(phone)
    const guesses = Array.from({ length: 12 }, (_, index) => String((Number(right) + 1 + index) % 1_000_000))
    const enter = (code: string) =>
      accounts.signInByPhone({ phone, code: code.padStart(6, '0'), termsVersion: TERMS_VERSION }, '')
    await Promise.allSettled(guesses.map(enter))
    await t.rejects(enter(right), { code: 'wrong_code' })
  })

  t.test('a phone that is taken and signed up with at the same moment belongs to one account', async (t) => {
    for (let round = 0; round < 5; round++) {
      const phone = newPhone()
      const { user } = await person()
      await accounts.sendOwnCode(user, { purpose: 'new_phone', phone }, '')
      const change = { phone, code: business.sms.codeOf(phone), proof: { password } }
      business.pass(60_000)
      const code = await codeFor(phone)
      const [changed, entered] = await Promise.allSettled([
        accounts.changePhone(user, change),
        accounts.signInByPhone({ phone, code, termsVersion: TERMS_VERSION }, ''),
      ])
      t.ok(entered.status === 'fulfilled', 'the one who holds the phone is let in')
      const owner = entered.status === 'fulfilled' && entered.value.signedIn.user.id
      if (changed.status === 'fulfilled') t.equal(owner, user.id)
      else t.match(changed.reason, { code: 'phone_taken' })
    }
  })

  t.test('of many who come with one WeChat that is new, all get into one account', async (t) => {
    const identity = { appId: 'wx1', openId: 'o1', unionId: 'u1', nickname: 'Hedy' }
    const provider: OAuthProvider = {
      ways: { website: true, account: true },
      authorizationUrl: (_, { state }) => `https://wechat.example/?state=${state}`,
      identify: async () => identity,
    }
    const { users: withWechat } = createBusiness(db, standingClock(), { wechat: { provider, publicUrl: '' } })
    const enter = async () => {
      const { url, pass } = await withWechat.leaveToSignIn('website', TERMS_VERSION)
      const state = new URL(url).searchParams.get('state')!
      return withWechat.signInByWechat(pass, { code: 'x', state }, '')
    }
    const opened = await Promise.all([1, 2, 3].map(enter))
    t.equal(new Set(opened.map(({ signedIn }) => signedIn.user.id)).size, 1)
    t.equal(opened.filter(({ isNew }) => isNew).length, 1)
    const accounts = db.$count(users, eq(users.displayName, 'Hedy'))
    t.equal(await accounts, 1, 'and nothing is left of the attempts')
  })

  t.test('of many who move a lesson on at once, one does', async (t) => {
    const { user } = await person('teacher')
    const { id } = await lesson(user)
    const results = await Promise.allSettled([1, 2, 3].map(() => service.advance(id, 'start')))
    t.strictSame(codes(results), ['conflict', 'conflict', 'done'])
  })

  t.test('the sweep moves lessons on by their own times', async (t) => {
    const { user } = await person('teacher')
    const [soon, later] = [await lesson(user, 10), await lesson(user, 40)]
    await service.sweep()
    t.equal((await service.stateOf(soon.id)).status, 'lobby')
    t.equal((await service.stateOf(later.id)).status, 'scheduled')
  })

  t.test('lessons come page by page, each once', async (t) => {
    const { user } = await person('teacher')
    const made = []
    for (let minutes = 0; minutes < 25; minutes++) made.push((await lesson(user, 60 + (minutes >> 1))).id)
    const first = await service.list(user, { filter: 'mine' })
    const second = await service.list(user, { filter: 'mine', after: first.next! })
    t.equal(second.next, null)
    t.strictSame([...first.lessons, ...second.lessons].map(({ id }) => id).sort(), made.sort())
  })

  t.test('accounts are found by a part of their names, whatever it contains', async (t) => {
    await accounts.ensure({ username: 'percy', displayName: '100%_sure\\', password }, 'student')
    for (const search of ['PERC', '0%_S', '\\'])
      t.match(await accounts.list({ search }), { users: [{ username: 'percy' }] }, search)
    t.strictSame((await accounts.list({ search: 'p_rcy' })).users, [])
  })

  t.test('deleting an account ends its sign-ins', async (t) => {
    const { id, accessToken } = await person()
    await db.delete(users).where(eq(users.id, id))
    await t.rejects(accounts.authenticate(accessToken), { code: 'unauthorized' })
  })

  t.test('the room log', (t) => roomLogSuite(t, () => createDatabaseRoomLog(db)))
  t.test('the recording of broadcasts', (t) => recorderSuite(t, db))

  t.test('an id nobody has is not found', async (t) => {
    await t.rejects(service.stateOf(randomUUID()), { code: 'not_found' })
  })
}
