/** The settings of accounts: how people prove who they are, and how what is personal is kept. */
import { fail, integer, longSecret, oneOf, type Read, url } from './parse.ts'

export type SmsSetting =
  | { kind: 'none' }
  | { kind: 'console' }
  | {
      kind: 'aliyun'
      url: string
      accessKeyId: string
      accessKeySecret: string
      signName: string
      templateCode: string
      /** For numbers outside mainland China, which Aliyun serves by templates of their own. */
      templateCodeAbroad: string | undefined
    }

/** One app of WeChat's: a website that shows a code to scan, or an official account whose pages are opened in WeChat. */
export type WechatApp = { appId: string; appSecret: string }

export type CaptchaSetting = { siteKey: string; secretKey: string; verifyUrl: string; scriptUrl: string }

export type AccountSettings = {
  /** Encrypts phone numbers. Undefined: made from `SECRET`. */
  dataKey: string | undefined
  /** What they may still be encrypted with. */
  dataKeyPrevious: string | undefined
  sms: SmsSetting
  /** Country codes, without +, of the numbers that codes are sent to. */
  smsCountryCodes: string[]
  smsCodesPerPhonePerDay: number
  smsCodesPerAddressPerHour: number
  /** Of this server, to all phones. */
  smsCodesPerHour: number
  captcha: CaptchaSetting | undefined
  wechat: { website: WechatApp | undefined; account: WechatApp | undefined; openUrl: string; apiUrl: string }
  accountDeletionDays: number
}

/** Their values are never repeated in a report. */
export const accountSecrets = [
  'DATA_KEY',
  'DATA_KEY_PREVIOUS',
  'ALIYUN_SMS_ACCESS_KEY_SECRET',
  'CAPTCHA_SECRET_KEY',
  'WECHAT_WEBSITE_APP_SECRET',
  'WECHAT_ACCOUNT_APP_SECRET',
]

type Complain = (name: string, rule: string) => void
type Context = { read: Read; problems: string[]; demo: boolean }

export function readAccounts({ read, problems, demo }: Context): AccountSettings {
  const complain: Complain = (name, rule) => problems.push(`${name}: ${rule}`)
  const http = url('http:', 'https:')
  return {
    dataKey: read<string | undefined>('DATA_KEY', undefined, longSecret),
    dataKeyPrevious: read<string | undefined>('DATA_KEY_PREVIOUS', undefined, longSecret),
    sms: sms(read, demo, complain),
    smsCountryCodes: read('SMS_COUNTRY_CODES', ['86'], countryCodes),
    smsCodesPerPhonePerDay: read('SMS_CODES_PER_PHONE_PER_DAY', 10, integer(1, 1000)),
    smsCodesPerAddressPerHour: read('SMS_CODES_PER_ADDRESS_PER_HOUR', 60, integer(1, 100_000)),
    smsCodesPerHour: read('SMS_CODES_PER_HOUR', 2000, integer(1, 10_000_000)),
    captcha: captcha(read, complain),
    wechat: {
      website: wechatApp(read, complain, 'WECHAT_WEBSITE'),
      account: wechatApp(read, complain, 'WECHAT_ACCOUNT'),
      openUrl: read('WECHAT_OPEN_URL', 'https://open.weixin.qq.com', http),
      apiUrl: read('WECHAT_API_URL', 'https://api.weixin.qq.com', http),
    },
    accountDeletionDays: read('ACCOUNT_DELETION_DAYS', 7, integer(1, 60)),
  }
}

const text = (read: Read, name: string) => read<string | undefined>(name, undefined, String)

function sms(read: Read, demo: boolean, complain: Complain): SmsSetting {
  const kind = read('SMS_SENDER', demo ? 'console' : 'none', oneOf('none', 'console', 'aliyun'))
  const aliyun = {
    url: read('ALIYUN_SMS_URL', 'https://dysmsapi.aliyuncs.com', url('http:', 'https:')),
    templateCodeAbroad: text(read, 'ALIYUN_SMS_TEMPLATE_CODE_ABROAD'),
  }
  const accessKeyId = text(read, 'ALIYUN_SMS_ACCESS_KEY_ID')
  const accessKeySecret = text(read, 'ALIYUN_SMS_ACCESS_KEY_SECRET')
  const signName = text(read, 'ALIYUN_SMS_SIGN_NAME')
  const templateCode = text(read, 'ALIYUN_SMS_TEMPLATE_CODE')
  if (kind !== 'aliyun') return { kind }
  if (accessKeyId && accessKeySecret && signName && templateCode)
    return { kind, ...aliyun, accessKeyId, accessKeySecret, signName, templateCode }
  complain(
    'SMS_SENDER',
    'aliyun needs ALIYUN_SMS_ACCESS_KEY_ID, ALIYUN_SMS_ACCESS_KEY_SECRET, ALIYUN_SMS_SIGN_NAME and ALIYUN_SMS_TEMPLATE_CODE',
  )
  return { kind: 'none' }
}

function captcha(read: Read, complain: Complain): CaptchaSetting | undefined {
  const http = url('http:', 'https:')
  const siteKey = text(read, 'CAPTCHA_SITE_KEY')
  const secretKey = text(read, 'CAPTCHA_SECRET_KEY')
  const verifyUrl = read('CAPTCHA_VERIFY_URL', 'https://challenges.cloudflare.com/turnstile/v0/siteverify', http)
  const scriptUrl = read('CAPTCHA_SCRIPT_URL', 'https://challenges.cloudflare.com/turnstile/v0/api.js', http)
  if (siteKey && secretKey) return { siteKey, secretKey, verifyUrl, scriptUrl }
  if (siteKey || secretKey) complain('CAPTCHA_SITE_KEY', 'goes with CAPTCHA_SECRET_KEY: set both or neither')
  return undefined
}

function wechatApp(read: Read, complain: Complain, prefix: 'WECHAT_WEBSITE' | 'WECHAT_ACCOUNT') {
  const appId = text(read, `${prefix}_APP_ID`)
  const appSecret = text(read, `${prefix}_APP_SECRET`)
  if (appId && appSecret) return { appId, appSecret }
  if (appId || appSecret) complain(`${prefix}_APP_ID`, `goes with ${prefix}_APP_SECRET: set both or neither`)
  return undefined
}

const countryCodes = (list: string) => {
  const codes = list.split(',').map((code) => code.trim())
  return codes.every((code) => /^[1-9]\d{0,2}$/.test(code)) ? codes : fail('must be country codes like 86,852')
}
