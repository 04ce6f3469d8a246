/** What a merchant gets when an account is opened: the settings of a server that is to take money here. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Keys, MerchantName } from './keys.ts'
import type { WechatMode } from './options.ts'
import { signInAppsOf } from './wechat/sign-in.ts'

/** Names and values as the environment of a server takes them; keys are files. */
export type MerchantSettings = {
  WECHAT_OPEN_URL: string
  WECHAT_API_URL: string
  WECHAT_WEBSITE_APP_ID: string
  WECHAT_WEBSITE_APP_SECRET: string
  WECHAT_ACCOUNT_APP_ID: string
  WECHAT_ACCOUNT_APP_SECRET: string
  WECHAT_PAY_URL: string
  WECHAT_PAY_APP_ID: string
  WECHAT_PAY_MERCHANT_ID: string
  WECHAT_PAY_MERCHANT_SERIAL: string
  WECHAT_PAY_MERCHANT_CERTIFICATE_FILE: string
  WECHAT_PAY_MERCHANT_KEY_FILE: string
  WECHAT_PAY_API_V3_KEY: string
  WECHAT_PAY_PUBLIC_KEY_ID?: string
  WECHAT_PAY_PUBLIC_KEY_FILE?: string
  WECHAT_PAY_PLATFORM_CERTIFICATE_FILES?: string
  ALIPAY_GATEWAY: string
  ALIPAY_APP_ID: string
  ALIPAY_SELLER_ID: string
  ALIPAY_APP_KEY_FILE: string
  ALIPAY_PUBLIC_KEY_FILE: string
}

export type SettingsDeps = { keys: Keys; folder: string; url: string; mode: WechatMode }

/** Writes the key files of one merchant, and names them. */
export function exportSettings({ keys, folder, url, mode }: SettingsDeps, name: MerchantName): MerchantSettings {
  const place = join(folder, name)
  mkdirSync(place, { recursive: true, mode: 0o700 })
  const file = (fileName: string, content: string) => {
    const path = join(place, fileName)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }
  const { wechat, alipay } = keys.merchants[name]
  const { platform, publicKey } = keys.wechat
  const { website, account } = signInAppsOf(keys.merchants[name])
  return {
    WECHAT_OPEN_URL: url,
    WECHAT_API_URL: url,
    WECHAT_WEBSITE_APP_ID: website.appId,
    WECHAT_WEBSITE_APP_SECRET: website.appSecret,
    WECHAT_ACCOUNT_APP_ID: account.appId,
    WECHAT_ACCOUNT_APP_SECRET: account.appSecret,
    WECHAT_PAY_URL: url,
    WECHAT_PAY_APP_ID: wechat.appid,
    WECHAT_PAY_MERCHANT_ID: wechat.mchid,
    WECHAT_PAY_MERCHANT_SERIAL: wechat.serial,
    WECHAT_PAY_MERCHANT_CERTIFICATE_FILE: file('apiclient_cert.pem', wechat.certificate),
    WECHAT_PAY_MERCHANT_KEY_FILE: file('apiclient_key.pem', wechat.privateKey),
    WECHAT_PAY_API_V3_KEY: wechat.apiV3Key,
    ...(mode === 'cert'
      ? {}
      : {
          WECHAT_PAY_PUBLIC_KEY_ID: publicKey.id,
          WECHAT_PAY_PUBLIC_KEY_FILE: file('pub_key.pem', publicKey.publicKey),
        }),
    ...(mode === 'pubkey'
      ? {}
      : { WECHAT_PAY_PLATFORM_CERTIFICATE_FILES: file(`wechatpay_${platform.serial}.pem`, platform.certificate) }),
    ALIPAY_GATEWAY: `${url}/gateway.do`,
    ALIPAY_APP_ID: alipay.appId,
    ALIPAY_SELLER_ID: alipay.sellerId,
    ALIPAY_APP_KEY_FILE: file('alipay_app_key.pem', alipay.privateKey),
    ALIPAY_PUBLIC_KEY_FILE: file('alipay_public_key.pem', keys.alipay.publicKey),
  }
}

/** For `node --env-file`. */
export const settingsText = (settings: MerchantSettings): string =>
  [
    '# Keys and addresses of the payment sandbox. No real money moves with them.',
    ...Object.entries(settings).map(([name, value]) => `${name}=${JSON.stringify(value)}`),
    '',
  ].join('\n')
