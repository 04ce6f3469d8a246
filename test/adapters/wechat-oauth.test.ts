import t from 'tap'
import { createWechatOAuth } from '../../src/adapters/wechat-oauth.ts'
import { type Answered, openHttpDouble } from '../support/http-double.ts'
import { openWechat } from '../support/wechat.ts'

const app = { appId: 'wx1', appSecret: 'hunter2' }

t.test('the browser is sent to the page of each way, with what WeChat wants, in its order', async (t) => {
  const { provider, website, account } = await openWechat(t)
  const request = { redirectUrl: 'https://class.example.com/sign-in/wechat', state: 'abc123' }
  const back = 'https%3A%2F%2Fclass.example.com%2Fsign-in%2Fwechat'
  t.equal(
    provider.authorizationUrl('website', request),
    `https://open.weixin.qq.com/connect/qrconnect?appid=${website.appId}&redirect_uri=${back}&response_type=code&scope=snsapi_login&state=abc123#wechat_redirect`,
  )
  t.equal(
    provider.authorizationUrl('account', request),
    `https://open.weixin.qq.com/connect/oauth2/authorize?appid=${account.appId}&redirect_uri=${back}&response_type=code&scope=snsapi_userinfo&state=abc123#wechat_redirect`,
  )
})

t.test('a code becomes a person: another to each app, the same to both by the union id', async (t) => {
  const { provider, person, website, account } = await openWechat(t)
  const onWebsite = await provider.identify('website', person('小满'))
  const inWechat = await provider.identify('account', person('小满', 'account'))
  t.match(onWebsite, { appId: website.appId, openId: /^o[\w-]{27}$/, nickname: '小满' })
  t.match(inWechat, { appId: account.appId, unionId: onWebsite.unionId })
  t.not(inWechat.openId, onWebsite.openId)
  const again = await provider.identify('website', person('小满'))
  t.strictSame(again, onWebsite)
})

t.test('a code is refused that was used, is of the other app, is made up, or too old', async (t) => {
  const wechat = await openWechat(t)
  const { provider, person, pass, logged } = wechat
  const used = person('Hedy')
  await provider.identify('website', used)
  const old = person('Hedy')
  pass(11 * 60_000)
  for (const code of [used, person('Hedy', 'account'), 'made-up', old])
    await t.rejects(provider.identify('website', code), { code: 'wechat_failed' })
  t.strictSame(logged, [], 'that is nothing for an operator')
})

t.test('a wrong secret is for the operator to mend', async (t) => {
  const { options, person } = await openWechat(t)
  const logged: object[] = []
  const note = (details: object) => void logged.push(details)
  const website = { ...options.website!, appSecret: 'hunter2' }
  const wrong = createWechatOAuth({ ...options, website }, { error: note, warn: note })
  await t.rejects(wrong.identify('website', person('Hedy')), { code: 'unavailable' })
  t.match(logged, [{ path: '/sns/oauth2/access_token', errcode: 40125 }])
  t.notMatch(JSON.stringify(logged), /hunter2/)
})

t.test('what is not set up is not offered, nor carried out', async (t) => {
  const none = createWechatOAuth(
    { openUrl: '', apiUrl: '', website: undefined, account: undefined },
    { error: () => {}, warn: () => {} },
  )
  t.strictSame(none.ways, { website: false, account: false })
  t.throws(() => none.authorizationUrl('website', { redirectUrl: '', state: '' }), { code: 'unavailable' })
  await t.rejects(none.identify('account', 'x'), { code: 'unavailable' })
})

/** WeChat, answering each of its two calls as the test says. */
async function speaking(t: Parameters<typeof openHttpDouble>[0], token: Answered | undefined, person?: Answered) {
  const { url } = await openHttpDouble(t, ({ url }) => (url.pathname.endsWith('userinfo') ? person : token))
  const logged: object[] = []
  const note = (details: object) => void logged.push(details)
  const provider = createWechatOAuth(
    { openUrl: 'https://open.weixin.qq.com', apiUrl: url, website: app, account: undefined },
    { error: note, warn: note },
  )
  return { identify: () => provider.identify('website', 'code'), logged }
}

t.test('somebody who only previews the page is nobody', async (t) => {
  const { identify } = await speaking(t, { body: { access_token: 'a', openid: 'o1', is_snapshotuser: 1 } })
  await t.rejects(identify(), { code: 'wechat_failed' })
})

t.test('no answer, or nonsense, lets nobody in, and no secret into the log', async (t) => {
  const token = { body: { access_token: 'a', openid: 'o1' } }
  for (const [given, person] of [
    [undefined],
    [{ status: 502, body: '<html>' }],
    [{ body: 'null' }],
    [{ body: {} }],
    [{ body: { access_token: 'a', openid: 7 } }],
    [{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }],
    [token, undefined],
    [token, { body: { openid: 'o2', nickname: 'somebody else' } }],
    [token, { body: { errcode: 48001, errmsg: 'api unauthorized' } }],
  ] as [Answered?, Answered?][]) {
    const { identify, logged } = await speaking(t, given, person)
    await t.rejects(identify(), { code: 'unavailable' }, JSON.stringify([given, person]))
    t.equal(logged.length, 1)
    t.notMatch(JSON.stringify(logged), /hunter2/)
  }
})

t.test('an account without a union id is known by its open id alone', async (t) => {
  const { identify } = await speaking(
    t,
    { body: { access_token: 'a', openid: 'o1' } },
    { body: { openid: 'o1', nickname: '' } },
  )
  t.strictSame(await identify(), { appId: 'wx1', openId: 'o1', unionId: null, nickname: '' })
})
