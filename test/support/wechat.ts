/** WeChat's side of signing in, on loopback: the sandbox's own, without its payments. */
import Fastify from 'fastify'
import type { Test } from 'tap'
import { createSignIn } from '../../sandbox/wechat/sign-in.ts'
import { createWechatOAuth } from '../../src/adapters/wechat-oauth.ts'

export const PUBLIC_URL = 'https://class.example.com'

export type TestWechat = Awaited<ReturnType<typeof openWechat>>

/** `person` gives the code that WeChat would send the browser of this person back with. */
export async function openWechat(t: Test) {
  let ahead = 0
  const wechat = (appid: string) => ({ appid, apiV3Key: `${appid} key` })
  const merchant = { title: '讲堂', wechat: wechat('wx0123456789abcdef') }
  const clock = { now: () => Date.now() + ahead }
  const signIn = createSignIn({ merchants: [merchant], clock })
  const asked: string[] = []
  const app = Fastify({ forceCloseConnections: true })
  app.addHook('onRequest', async ({ url }) => void asked.push(url))
  signIn.mount(app)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const [website, account] = (['website', 'account'] as const).map(
    (kind) => signIn.apps.find((each) => each.kind === kind)!,
  )
  const logged: object[] = []
  const note = (details: object) => void logged.push(details)
  const options = { openUrl: 'https://open.weixin.qq.com', apiUrl: url, website, account }
  const scopes = { website: 'snsapi_login', account: 'snsapi_userinfo' }
  return {
    url,
    website: website!,
    account: account!,
    options,
    asked,
    logged,
    provider: createWechatOAuth(options, { error: note, warn: note }),
    person: (nickname: string, way: 'website' | 'account' = 'website') =>
      signIn.grant(way === 'website' ? website! : account!, nickname, scopes[way]),
    pass: (milliseconds: number) => {
      ahead += milliseconds
    },
  }
}
