import t from 'tap'
import type { SignedIn } from '../../src/users/schema.ts'
import { ApiError } from '../../web/src/api/errors.ts'
import { Session } from '../../web/src/api/session.ts'

const signedIn = (accessToken: string): SignedIn => ({
  user: {
    id: 'u',
    username: 'lin',
    displayName: 'Lin',
    role: 'student',
    phone: null,
    hasPassword: true,
    wechat: null,
    deletionDueAt: null,
  },
  accessToken,
  expiresInSeconds: 600,
})

function open(refresh: () => Promise<SignedIn>, known = true) {
  const items = new Map(known ? [['signedIn', '1']] : [])
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
  const clock = { now: 0 }
  const session = new Session({ refresh, storage, exclusively: (work) => work(), now: () => clock.now })
  return { session, items, clock }
}

t.test('several callers share one refresh', async (t) => {
  let refreshes = 0
  const { session } = open(async () => {
    refreshes += 1
    return signedIn(`token ${refreshes}`)
  })
  t.same(await Promise.all([session.token(), session.token(), session.refresh()]), ['token 1', 'token 1', 'token 1'])
  t.equal(refreshes, 1)
  t.match(session.view.get(), { status: 'signed_in', user: { username: 'lin' } })
})

t.test('a token is renewed shortly before its end', async (t) => {
  let refreshes = 0
  const { session, clock } = open(async () => {
    refreshes += 1
    return signedIn(`token ${refreshes}`)
  })
  await session.token()
  clock.now = 500_000
  t.equal(await session.token(), 'token 1')
  clock.now = 580_000
  t.equal(await session.token(), 'token 2')
})

t.test('a visitor asks for nothing', async (t) => {
  const { session } = open(() => t.fail('no request was expected') as never, false)
  await session.restore()
  t.equal(await session.token(), null)
})

t.test('a refused refresh signs out, a lost network does not', async (t) => {
  const refused = open(() => Promise.reject(new ApiError('unauthorized')))
  t.equal(await refused.session.refresh(), null)
  t.equal(refused.session.view.get().status, 'signed_out')
  t.notOk(refused.items.has('signedIn'))

  const offline = open(() => Promise.reject(new ApiError('offline')))
  await t.rejects(offline.session.refresh(), { code: 'offline' })
  t.equal(offline.session.view.get().status, 'unknown')
  t.ok(offline.items.has('signedIn'))
})

t.test('another tab’s sign-out is noticed', async (t) => {
  const { session, items } = open(async () => signedIn('token'))
  await session.restore()
  items.delete('signedIn')
  session.noticeOtherTab('signedIn')
  t.equal(session.view.get().status, 'signed_out')
})
