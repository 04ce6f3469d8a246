import t from 'tap'
import { createWechatOAuth } from '../../src/adapters/wechat-oauth.ts'
import { openSandbox } from '../support/sandbox.ts'

const { url, settings, foreign } = await openSandbox(t)
const appOf = (kind: 'WEBSITE' | 'ACCOUNT', from = settings) => ({
  appId: from[`WECHAT_${kind}_APP_ID`],
  appSecret: from[`WECHAT_${kind}_APP_SECRET`],
})
const log = { error: (details: object) => t.fail(JSON.stringify(details)), warn: () => {} }
const provider = createWechatOAuth(
  {
    openUrl: settings.WECHAT_OPEN_URL,
    apiUrl: settings.WECHAT_API_URL,
    website: appOf('WEBSITE'),
    account: appOf('ACCOUNT'),
  },
  log,
)
const redirectUrl = 'http://localhost:3000/sign-in/wechat'
const state = 'a1'.repeat(32)
const english = { 'accept-language': 'en' }

/** The person on WeChat's page presses a button. */
async function press(address: string, pressed: Record<string, string>) {
  const { pathname, searchParams } = new URL(address)
  const body = new URLSearchParams([...searchParams, ...Object.entries(pressed)])
  const answer = await fetch(`${url}${pathname}`, { method: 'POST', body, redirect: 'manual' })
  return { status: answer.status, back: new URL(answer.headers.get('location') ?? 'http://none/') }
}

t.test('the page asks who one is, and sends the browser back with a code that says so', async (t) => {
  for (const way of ['website', 'account'] as const) {
    const address = provider.authorizationUrl(way, { redirectUrl, state })
    const shown = await (await fetch(address, { headers: english })).text()
    t.match(shown, /Sign in with WeChat/)
    const { status, back } = await press(address, { person: '小满' })
    t.equal(status, 302)
    t.equal(`${back.origin}${back.pathname}`, redirectUrl)
    t.equal(back.searchParams.get('state'), state)
    const identity = await provider.identify(way, back.searchParams.get('code')!)
    t.match(identity, { nickname: '小满', appId: appOf(way === 'website' ? 'WEBSITE' : 'ACCOUNT').appId })
  }
})

t.test('who says no is sent back without a code', async (t) => {
  const { back } = await press(provider.authorizationUrl('website', { redirectUrl, state }), { person: '', name: 'x' })
  t.strictSame([...back.searchParams], [['state', state]])
})

t.test('anybody may be anybody by a nickname', async (t) => {
  const { back } = await press(provider.authorizationUrl('website', { redirectUrl, state }), { name: '<b>Ann</b>' })
  t.match(await provider.identify('website', back.searchParams.get('code')!), { nickname: '<b>Ann</b>' })
})

t.test('payments inside WeChat go through the same official account', async (t) => {
  t.equal(settings.WECHAT_ACCOUNT_APP_ID, settings.WECHAT_PAY_APP_ID)
  t.not(foreign.WECHAT_WEBSITE_APP_ID, settings.WECHAT_WEBSITE_APP_ID)
})

t.test('a request that WeChat would refuse is refused', async (t) => {
  const good = new URL(provider.authorizationUrl('website', { redirectUrl, state }))
  for (const [name, value] of [
    ['appid', 'wx0000000000000000'],
    ['appid', settings.WECHAT_ACCOUNT_APP_ID],
    ['redirect_uri', 'https://evil.example/'],
    ['redirect_uri', 'javascript:alert(1)'],
    ['response_type', 'token'],
    ['scope', 'snsapi_userinfo'],
    ['state', 'not-only-letters'],
  ] as const) {
    const address = new URL(good)
    address.searchParams.set(name, value)
    t.equal((await fetch(address)).status, 400, `${name}=${value}`)
    t.equal((await press(address.href, { person: 'Hedy' })).status, 400, `${name}=${value}`)
  }
})
