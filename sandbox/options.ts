/** What the sandbox can be told at its start: environment variables, all with a default. */
import { resolve } from 'node:path'

export const wechatModes = ['cert', 'pubkey', 'both'] as const
/** Which keys WeChat Pay signs with: its certificate, its public key, or either, as while a merchant changes over. */
export type WechatMode = (typeof wechatModes)[number]

export type Options = {
  /** Keys, trades, and what a merchant is given. */
  folder: string
  /** Of the providers' interfaces and the payer's pages. The control interface listens on loopback, whatever this is. */
  host: string
  port: number
  controlPort: number
  /** The host under which browsers and servers find it. */
  publicHost: string
  /** Notices are repeated so many times faster than in earnest. */
  noticeSpeed: number
  wechatMode: WechatMode
  /** Whether Alipay tells of trades that were closed, or paid back whole, on other products than wap: a merchant's choice there. */
  alipayClosedNotices: boolean
}

export function readOptions(env: Record<string, string | undefined>): Options {
  const number = (name: string, fallback: number, maximum: number) => {
    const value = Number(env[name] || fallback)
    if (!(value >= 0 && value <= maximum)) throw new Error(`${name} must be a number from 0 to ${maximum}`)
    return value
  }
  const wechatMode = wechatModes.find((mode) => mode === (env.SANDBOX_WECHAT_MODE || 'both'))
  if (!wechatMode) throw new Error(`SANDBOX_WECHAT_MODE must be one of ${wechatModes.join(', ')}`)
  return {
    folder: resolve(env.SANDBOX_FOLDER || 'data/sandbox'),
    host: env.SANDBOX_HOST || '127.0.0.1',
    port: number('SANDBOX_PORT', 3001, 65535),
    controlPort: number('SANDBOX_CONTROL_PORT', 0, 65535),
    publicHost: env.SANDBOX_PUBLIC_HOST || 'localhost',
    noticeSpeed: number('SANDBOX_NOTICE_SPEED', 1, 1e9) || 1,
    wechatMode,
    alipayClosedNotices: env.SANDBOX_ALIPAY_CLOSED_NOTICES === 'true',
  }
}
