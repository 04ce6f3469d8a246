/** Signing in with WeChat: its two authorisation pages, and the two calls that turn a code into a person. */
import { AppError } from '../../signaling/protocol/errors.ts'
import type { OAuthProvider, WechatWay } from '../users/oauth.ts'

const ANSWER_LIMIT_MS = 8000
/** It answers these for a code that was made up, was used, or is too old. */
const codeFaults = new Set([40029, 40163, 42003, 41008])

export type WechatApp = { appId: string; appSecret: string }
export type WechatOAuthOptions = {
  openUrl: string
  apiUrl: string
  website: WechatApp | undefined
  account: WechatApp | undefined
}

type Log = { error(details: object, message: string): void; warn(details: object, message: string): void }

const pages = {
  website: { path: '/connect/qrconnect', scope: 'snsapi_login' },
  account: { path: '/connect/oauth2/authorize', scope: 'snsapi_userinfo' },
} as const

export function createWechatOAuth(options: WechatOAuthOptions, log: Log): OAuthProvider {
  const appOf = (way: WechatWay): WechatApp => {
    const app = options[way]
    if (!app) throw new AppError('unavailable', `signing in with WeChat by ${way} is not set up`)
    return app
  }
  return {
    ways: { website: options.website !== undefined, account: options.account !== undefined },

    authorizationUrl(way, { redirectUrl, state }) {
      const { path, scope } = pages[way]
      // WeChat wants the parameters in this order, and the fragment.
      const query = new URLSearchParams([
        ['appid', appOf(way).appId],
        ['redirect_uri', redirectUrl],
        ['response_type', 'code'],
        ['scope', scope],
        ['state', state],
      ])
      return `${options.openUrl}${path}?${query}#wechat_redirect`
    },

    async identify(way, code) {
      const { appId, appSecret } = appOf(way)
      const grant = { appid: appId, secret: appSecret, code, grant_type: 'authorization_code' }
      const token = await call(options.apiUrl, '/sns/oauth2/access_token', grant, log)
      const { openid, access_token: accessToken } = token
      if (!isText(openid) || !isText(accessToken)) throw noSense(log, 'access_token')
      // A page that is only previewed gives a person who does not exist.
      if (token.is_snapshotuser === 1) throw new AppError('wechat_failed', 'this WeChat user is a preview')
      const about = { access_token: accessToken, openid, lang: 'zh_CN' }
      const person = await call(options.apiUrl, '/sns/userinfo', about, log)
      if (person.openid !== openid) throw noSense(log, 'userinfo')
      const unionId = [person.unionid, token.unionid].find(isText) ?? null
      return { appId, openId: openid, unionId, nickname: isText(person.nickname) ? person.nickname : '' }
    },
  }
}

type Answer = Record<string, unknown>

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

async function call(url: string, path: string, parameters: Record<string, string>, log: Log): Promise<Answer> {
  const answer = await ask(`${url}${path}?${new URLSearchParams(parameters)}`).catch((error: Error) => {
    // Not the error itself: the address that was asked has the secret in it.
    const { code } = (error.cause ?? {}) as { code?: string }
    log.error({ path, reason: code ?? error.name }, 'WeChat gives no answer')
    throw new AppError('unavailable', 'WeChat does not answer')
  })
  const { errcode } = answer
  if (errcode === undefined || errcode === 0) return answer
  if (codeFaults.has(Number(errcode))) throw new AppError('wechat_failed', `WeChat refused the code: ${errcode}`)
  log.error({ path, errcode }, 'WeChat refuses to say who somebody is')
  throw new AppError('unavailable', 'signing in with WeChat is out of order')
}

/** WeChat says `text/plain` over its JSON. */
async function ask(address: string): Promise<Answer> {
  const response = await fetch(address, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), redirect: 'error' })
  const answer: unknown = await response.json()
  if (typeof answer !== 'object' || answer === null) throw new TypeError('not an object')
  return answer as Answer
}

function noSense(log: Log, call: string): AppError {
  log.error({ call }, 'an answer of WeChat makes no sense')
  return new AppError('unavailable', 'WeChat answered nonsense')
}
