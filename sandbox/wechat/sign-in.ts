/** Signing in with WeChat as an app's server meets it: codes, tokens, and who that is. */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Clock } from '../clock.ts'
import type { WechatMerchant } from '../keys.ts'
import { digits, hex, letters } from '../random.ts'

export type SignInApp = { appId: string; appSecret: string; kind: 'website' | 'account'; title: string }

/** What is needed of a merchant. */
export type AppOwner = { title: string; wechat: Pick<WechatMerchant, 'appid' | 'apiV3Key'> }

const CODE_LIFE_MS = { website: 10 * 60_000, account: 5 * 60_000 }
const TOKEN_LIFE_SECONDS = 7200
const KEPT = 1000

const digest = (text: string) => createHash('sha256').update(text)

/** Of each merchant, a website app and an official account, the one that its payments are made through. */
export function signInAppsOf({ title, wechat: { appid, apiV3Key } }: AppOwner): Record<SignInApp['kind'], SignInApp> {
  const secret = (kind: string) => digest(`${kind} ${apiV3Key}`).digest('hex').slice(0, 32)
  const website = `wx${digest(`website ${appid}`).digest('hex').slice(0, 16)}`
  return {
    website: { appId: website, appSecret: secret('website'), kind: 'website', title },
    account: { appId: appid, appSecret: secret('account'), kind: 'account', title },
  }
}

type Granted = { app: SignInApp; nickname: string; scope: string; expiresAt: number; used: boolean }
type Token = { app: SignInApp; nickname: string; scope: string; expiresAt: number }

export type SignIn = ReturnType<typeof createSignIn>

type SignInDeps = { merchants: AppOwner[]; clock: Pick<Clock, 'now'> }

export function createSignIn({ merchants, clock }: SignInDeps) {
  const apps = merchants.flatMap((merchant) => Object.values(signInAppsOf(merchant)))
  const codes = new Map<string, Granted>()
  const tokens = new Map<string, Token>()

  /** What a person who says yes sends the app. */
  function grant(app: SignInApp, nickname: string, scope: string): string {
    const code = `0${digits(2)}${letters(29)}`
    remember(codes, code, { app, nickname, scope, expiresAt: clock.now() + CODE_LIFE_MS[app.kind], used: false })
    return code
  }

  function exchange(query: Record<string, string | undefined>): object {
    const app = apps.find(({ appId }) => appId === query.appid)
    if (!app) return refusal(40013, 'invalid appid')
    if (query.secret !== app.appSecret) return refusal(40125, 'invalid appsecret')
    if (query.grant_type !== 'authorization_code') return refusal(40002, 'invalid grant_type')
    if (!query.code) return refusal(41008, 'missing code')
    const granted = codes.get(query.code)
    if (!granted || granted.app !== app) return refusal(40029, 'invalid code')
    if (granted.used) return refusal(40163, 'code been used')
    if (granted.expiresAt < clock.now()) return refusal(42003, 'oauth_code expired')
    granted.used = true
    const { nickname, scope } = granted
    const accessToken = `${digits(2)}_${letters(80)}`
    remember(tokens, accessToken, { app, nickname, scope, expiresAt: clock.now() + TOKEN_LIFE_SECONDS * 1000 })
    return {
      access_token: accessToken,
      expires_in: TOKEN_LIFE_SECONDS,
      refresh_token: `${digits(2)}_${letters(80)}`,
      openid: openIdOf(app, nickname),
      scope,
      ...(scope !== 'snsapi_base' && { unionid: unionIdOf(nickname) }),
    }
  }

  function userInfo(query: Record<string, string | undefined>): object {
    const token = tokens.get(query.access_token ?? '')
    if (!token) return refusal(40001, 'invalid credential, access_token is invalid or not latest')
    if (token.expiresAt < clock.now()) return refusal(42001, 'access_token expired')
    if (token.scope === 'snsapi_base') return refusal(48001, 'api unauthorized')
    const openid = openIdOf(token.app, token.nickname)
    if (query.openid !== openid) return refusal(40003, 'invalid openid')
    const { nickname } = token
    const nowhere = { sex: 0, language: '', city: '', province: '', country: '', headimgurl: '', privilege: [] }
    return { openid, nickname, ...nowhere, unionid: unionIdOf(nickname) }
  }

  function mount(app: FastifyInstance): void {
    app.get('/sns/oauth2/access_token', (request, reply) => say(reply, exchange(queryOf(request.query))))
    app.get('/sns/userinfo', (request, reply) => say(reply, userInfo(queryOf(request.query))))
  }

  return { apps, grant, mount }
}

const queryOf = (query: unknown) => query as Record<string, string | undefined>

/** WeChat's own type for these, over JSON. */
const say = (reply: FastifyReply, answer: object) => reply.type('text/plain').send(JSON.stringify(answer))

const refusal = (errcode: number, errmsg: string) => ({
  errcode,
  errmsg: `${errmsg}, rid: ${hex(8)}-${hex(8)}-${hex(8)}`,
})

/** One name, one person: the same whenever they come. */
const openIdOf = (app: SignInApp, nickname: string) =>
  `o${digest(`${app.appId} ${nickname}`).digest('base64url').slice(0, 27)}`

const unionIdOf = (nickname: string) => `o6_${digest(`union ${nickname}`).digest('base64url').slice(0, 26)}`

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size > KEPT) map.delete(map.keys().next().value!)
}
