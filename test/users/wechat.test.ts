import { eq } from 'drizzle-orm'
import t from 'tap'
import { users as usersTable, wechatAccounts, wechatOpenIds } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { displayNameOf } from '../../src/users/wechat.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, password, send, standingClock } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { newPhone } from '../support/sms.ts'
import { openWechat, PUBLIC_URL } from '../support/wechat.ts'

const db = await openTestDatabase(t)
const wechat = await openWechat(t)
const setup = { provider: wechat.provider, publicUrl: PUBLIC_URL }
const business = createBusiness(db, standingClock(), { wechat: setup })
const limits = { signInsPerMinute: 10_000, changesPerMinute: 10_000, codesPerMinute: 10_000 }
const app = await createBusinessApp(business, { limits })
t.teardown(() => app.close())
const { person, pass, users, sms } = business

type Way = 'website' | 'account'
type Away = { state: string; cookie: string; url: URL }
type Person = { headers: { authorization: string } }

/** A browser that is sent to WeChat: the state in the address, the pass in the cookie. */
async function leave(line: string, body: object, from?: Person): Promise<Away> {
  const answer = await send(app, line, body, from)
  const url = new URL(answer.body.url)
  return { state: url.searchParams.get('state')!, cookie: `wechat=${answer.cookies[0]!.value}`, url }
}

const leaveToSignIn = (way: Way = 'website') =>
  leave('POST /api/session/wechat/leave', { way, termsVersion: TERMS_VERSION })
const leaveToLink = (from: Person, proof: object = { password }, way: Way = 'website') =>
  leave('POST /api/me/wechat/leave', { way, proof }, from)

const comeBack = (code: string, { state, cookie }: Pick<Away, 'state' | 'cookie'>) =>
  send(app, 'POST /api/session/wechat', { code, state }, undefined, { cookie })
const comeBackLinked = (from: Person, code: string, { state, cookie }: Pick<Away, 'state' | 'cookie'>) =>
  send(app, 'PUT /api/me/wechat', { code, state }, from, { cookie })

let number = 0
const stranger = () => `stranger ${++number}`

async function signedInByWechat(nickname = stranger(), way: Way = 'website') {
  const { body } = await comeBack(wechat.person(nickname, way), await leaveToSignIn(way))
  return { nickname, body, id: body.user?.id, headers: { authorization: `Bearer ${body.accessToken}` } }
}

t.test(
  'one is sent to WeChat with a state of its own, and a pass that scripts and other sites cannot have',
  async (t) => {
    const answer = await send(app, 'POST /api/session/wechat/leave', { way: 'website' })
    t.match(answer.body.url, /^https:\/\/open\.weixin\.qq\.com\/connect\/qrconnect\?/)
    t.match(answer.cookies, [
      { name: 'wechat', httpOnly: true, sameSite: 'Strict', path: '/api/session/wechat', maxAge: 600 },
    ])
    const [one, other] = [await leaveToSignIn(), await leaveToSignIn()]
    t.equal(one.url.searchParams.get('redirect_uri'), `${PUBLIC_URL}/sign-in/wechat`)
    t.match(one.state, /^[0-9a-f]{64}$/)
    t.not(one.state, other.state)
    t.notMatch(
      Buffer.from(one.cookie.split('.')[1]!, 'base64url').toString(),
      one.state,
      'the pass does not tell the state',
    )
  },
)

t.test('a WeChat that is nobody’s makes a student’s account, and the next time signs in to it', async (t) => {
  const first = await signedInByWechat('小满')
  t.match(first.body, {
    isNew: true,
    user: { displayName: '小满', role: 'student', phone: null, hasPassword: false, wechat: { nickname: '小满' } },
  })
  const again = await signedInByWechat('小满')
  t.equal(again.id, first.id)
  t.equal(again.body.isNew, false)
})

t.test('a WeChat that is nobody’s makes no account for who left without consent', async (t) => {
  const nickname = stranger()
  const undecided = (termsVersion?: string) =>
    leave('POST /api/session/wechat/leave', { way: 'website', ...(termsVersion && { termsVersion }) })
  for (const away of [await undecided(), await undecided('2020-01')]) {
    const answer = await comeBack(wechat.person(nickname), away)
    t.equal(answer.status, 409)
    t.equal(answer.body.error.code, 'terms_not_accepted')
  }
  const { body, id } = await signedInByWechat(nickname)
  t.equal(body.isNew, true)
  const [row] = await db.select().from(usersTable).where(eq(usersTable.id, id))
  t.match(row, { termsVersion: TERMS_VERSION, termsAcceptedAt: business.now() })
  const again = await comeBack(wechat.person(nickname), await undecided())
  t.equal(again.body.isNew, false, 'whoever has an account is not asked')
})

t.test('inside WeChat and on the website it is the same person, with an open id for each', async (t) => {
  const outside = await signedInByWechat()
  const inside = await signedInByWechat(outside.nickname, 'account')
  t.equal(inside.id, outside.id)
  const [one, other] = [
    await users.openIdOf(outside.id, wechat.website.appId),
    await users.openIdOf(outside.id, wechat.account.appId),
  ]
  t.match(one, /^o/)
  t.match(other, /^o/)
  t.not(one, other)
  t.equal(await users.openIdOf(outside.id, 'wxanother'), null)
})

t.test('coming back is refused', async (t) => {
  const refused = async (what: string, code: string, away: Pick<Away, 'state' | 'cookie'>) => {
    const answer = await comeBack(code, away)
    t.equal(answer.status, 400, what)
    t.equal(answer.body.error.code, 'wechat_failed', what)
    t.notOk(
      answer.cookies.some(({ name }) => name === 'refresh'),
      what,
    )
  }
  const code = () => wechat.person('Hedy')
  const [mine, theirs] = [await leaveToSignIn(), await leaveToSignIn()]

  t.test('without a pass: somebody else’s code, pushed on this browser, signs it in to nothing', async () => {
    await refused('no cookie', code(), { state: mine.state, cookie: '' })
    await refused('another browser’s state', code(), { state: theirs.state, cookie: mine.cookie })
    await refused('a made-up state', code(), { state: 'a'.repeat(64), cookie: mine.cookie })
    await refused('a short state', code(), { state: 'a', cookie: mine.cookie })
    await refused('a made-up pass', code(), { state: mine.state, cookie: 'wechat=made.up.pass' })
  })

  t.test('with a token of ours that is no pass', async () => {
    const { accessToken, refreshToken } = await person()
    for (const token of [accessToken, refreshToken])
      await refused('a token', code(), { state: mine.state, cookie: `wechat=${token}` })
  })

  t.test('with a pass to link an account', async () => {
    const away = await leaveToLink(await person())
    await refused('a pass to link', code(), away)
  })

  t.test('a second time, even with another code', async (t) => {
    const away = await leaveToSignIn()
    t.equal((await comeBack(code(), away)).status, 200)
    await refused('again', code(), away)
  })

  t.test('with a code that was used', async (t) => {
    const used = code()
    t.equal((await comeBack(used, await leaveToSignIn())).status, 200)
    await refused('a used code', used, await leaveToSignIn())
  })

  t.test('later than ten minutes', async () => {
    const away = await leaveToSignIn()
    pass(10 * MINUTE_MS + 1000)
    await refused('late', code(), away)
  })

  t.test('without what WeChat sends', async (t) => {
    for (const body of [
      {},
      { code: 'x' },
      { code: '', state: 'a' },
      { code: 'a b', state: 'a' },
      { code: 'a', state: '<' },
    ])
      t.equal((await send(app, 'POST /api/session/wechat', body)).status, 400)
  })
})

t.test('nothing is asked of WeChat for one who was not sent there', async (t) => {
  const before = wechat.asked.length
  await comeBack(wechat.person('Hedy'), { state: 'a'.repeat(64), cookie: '' })
  t.equal(wechat.asked.length, before)
})

t.test('who is banned is told so', async (t) => {
  const someone = await signedInByWechat()
  await users.ban((await person('operator')).user, someone.id, 'x')
  t.equal((await signedInByWechat(someone.nickname)).body.error.code, 'banned')
})

t.test('linking', async (t) => {
  t.test('needs a proof before one is sent away', async (t) => {
    const someone = await person()
    for (const [proof, code] of [
      [{}, 'confirmation_needed'],
      [{ password: 'a guess' }, 'wrong_credentials'],
    ] as const) {
      const answer = await send(app, 'POST /api/me/wechat/leave', { way: 'website', proof }, someone)
      t.equal(answer.body.error.code, code)
    }
  })

  t.test('makes WeChat a way in to the account', async (t) => {
    const someone = await person()
    const nickname = stranger()
    const answer = await comeBackLinked(someone, wechat.person(nickname), await leaveToLink(someone))
    t.match(answer.body, { id: someone.id, wechat: { nickname } })
    t.equal((await signedInByWechat(nickname)).id, someone.id)
  })

  t.test('is only for who was sent away', async (t) => {
    const [ann, bob] = [await person(), await person()]
    const away = await leaveToLink(ann)
    const answer = await comeBackLinked(bob, wechat.person(stranger()), away)
    t.equal(answer.body.error.code, 'wechat_failed')
    const signIn = await comeBackLinked(ann, wechat.person(stranger()), await leaveToSignIn())
    t.equal(signIn.body.error.code, 'wechat_failed', 'nor with a pass to sign in')
  })

  t.test('does not take a WeChat from another account', async (t) => {
    const [owner, taker] = [await signedInByWechat(), await person()]
    for (const way of ['website', 'account'] as const) {
      const away = await leaveToLink(taker, { password }, way)
      const answer = await comeBackLinked(taker, wechat.person(owner.nickname, way), away)
      t.equal(answer.body.error.code, 'wechat_taken', way)
    }
    t.equal((await signedInByWechat(owner.nickname)).id, owner.id)
  })

  t.test('takes no second WeChat', async (t) => {
    const someone = await person()
    await comeBackLinked(someone, wechat.person(stranger()), await leaveToLink(someone))
    for (const way of ['website', 'account'] as const) {
      const away = await leaveToLink(someone, { password }, way)
      const second = await comeBackLinked(someone, wechat.person(stranger(), way), away)
      t.equal(second.body.error.code, 'wechat_linked', way)
    }
  })

  t.test('the same WeChat again changes nothing', async (t) => {
    const someone = await person()
    const nickname = stranger()
    for (let time = 0; time < 2; time++)
      t.equal((await comeBackLinked(someone, wechat.person(nickname), await leaveToLink(someone))).status, 200)
    t.equal(await db.$count(wechatOpenIds, eq(wechatOpenIds.userId, someone.id)), 1)
  })
})

t.test('unlinking', async (t) => {
  const unlink = (who: Person, proof: object) => send(app, 'POST /api/me/wechat/unlink', { proof }, who)

  t.test('is refused where it is the only way in', async (t) => {
    const someone = await signedInByWechat()
    t.equal((await unlink(someone, {})).body.error.code, 'last_way_in')
    t.equal((await signedInByWechat(someone.nickname)).id, someone.id)
  })

  t.test('who came by WeChat alone must have done so just now', async (t) => {
    const someone = await signedInByWechat()
    const { sessionId } = await users.authenticate(someone.body.accessToken)
    const user = { id: someone.id, sessionId, role: 'student' as const, displayName: '' }
    pass(10 * MINUTE_MS)
    await t.rejects(users.unlinkWechat(user, {}), { code: 'confirmation_needed' })
  })

  t.test('with a phone or a password beside it, it is done', async (t) => {
    const someone = await signedInByWechat()
    const phone = newPhone()
    await users.sendOwnCode(await users.authenticate(someone.body.accessToken), { purpose: 'new_phone', phone }, '')
    const change = { phone, code: sms.codeOf(phone), proof: {} }
    t.equal((await send(app, 'PUT /api/me/phone', change, someone)).status, 200)
    t.equal((await unlink(someone, {})).body.error.code, 'confirmation_needed')
    pass(MINUTE_MS)
    await send(app, 'POST /api/me/phone-codes', { purpose: 'confirm' }, someone)
    const answer = await unlink(someone, { code: sms.codeOf(phone) })
    t.match(answer.body, { wechat: null })
    t.equal(await db.$count(wechatAccounts, eq(wechatAccounts.userId, someone.id)), 0)
    t.equal(await users.openIdOf(someone.id, wechat.website.appId), null)
    t.not((await signedInByWechat(someone.nickname)).id, someone.id)
  })
})

t.test('a nickname becomes a name that can be shown', async (t) => {
  t.equal(displayNameOf('小满'), '小满')
  t.equal(displayNameOf(' a\nb\u202ec '), 'a b c')
  t.equal(displayNameOf('\u200b\u2060'), undefined)
  t.equal(displayNameOf(''), undefined)
  t.equal(displayNameOf('🌧'.repeat(30)), '🌧'.repeat(20))
  t.equal(displayNameOf('half \ud83d'), 'half')
})

t.test('a server that is not set up for WeChat says so', async (t) => {
  const without = await createBusinessApp(createBusiness(db))
  t.teardown(() => without.close())
  t.strictSame((await send(without, 'GET /api/sign-in-ways')).body.wechat, { website: false, account: false })
  t.strictSame((await send(app, 'GET /api/sign-in-ways')).body.wechat, { website: true, account: true })
  const answer = await send(without, 'POST /api/session/wechat/leave', { way: 'website' })
  t.equal(answer.body.error.code, 'unavailable')
})
