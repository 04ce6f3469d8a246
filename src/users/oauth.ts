/** The port to somebody else who knows who people are: WeChat. */

/** By a code on a website that a phone scans; by an official account, for pages that are opened inside WeChat. */
export const wechatWays = ['website', 'account'] as const
export type WechatWay = (typeof wechatWays)[number]

export type WechatIdentity = {
  appId: string
  /** Who that is to this app. */
  openId: string
  /** Who that is to all apps of one owner, where WeChat tells it. */
  unionId: string | null
  nickname: string
}

export interface OAuthProvider {
  /** Which of them are set up. */
  readonly ways: Readonly<Record<WechatWay, boolean>>
  /** Where the browser is sent; it comes back to `redirectUrl` with a code and the same state. */
  authorizationUrl(way: WechatWay, request: { redirectUrl: string; state: string }): string
  /** Throws `wechat_failed` for a code that is made up, used or too old, and `unavailable` where WeChat does not answer. */
  identify(way: WechatWay, code: string): Promise<WechatIdentity>
}
