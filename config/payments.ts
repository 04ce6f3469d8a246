/** The settings of the payment providers: all that one needs, or none. Keys are files; only their paths are settings. */
import { accessSync, constants } from 'node:fs'
import { resolve } from 'node:path'

const wechatChannels = ['wechat_native', 'wechat_jsapi', 'wechat_h5'] as const
const alipayChannels = ['alipay_page', 'alipay_wap', 'alipay_qr'] as const
const channels = [...wechatChannels, ...alipayChannels]
export type PaymentChannel = (typeof channels)[number]

export type WechatPaySetting = {
  url: string
  appId: string
  merchantId: string
  /** Undefined: read from the certificate. */
  merchantSerial: string | undefined
  merchantCertificateFile: string
  merchantKeyFile: string
  apiV3Key: string
  /** Files, or folders in which every `.pem` counts. */
  platformCertificateFiles: string[]
  publicKey: { id: string; file: string } | undefined
  channels: PaymentChannel[]
}

export type AlipaySetting = {
  gateway: string
  appId: string
  sellerId: string
  appKeyFile: string
  publicKeyFile: string
  channels: PaymentChannel[]
}

export type PaymentSettings = { wechatPay: WechatPaySetting | undefined; alipay: AlipaySetting | undefined }

/** Their values are never repeated in a report. */
export const paymentSecrets = ['WECHAT_PAY_API_V3_KEY']

const WECHAT_PAY_URL = 'https://api.mch.weixin.qq.com'
const ALIPAY_GATEWAY = 'https://openapi.alipay.com/gateway.do'

type Reader = <T>(name: string, fallback: T, parse: (text: string) => T) => T
type Context = {
  read: Reader
  problems: string[]
  /** Where real money is expected: a gateway that is not the provider's own is refused. */
  earnest: boolean
}

export function readPayments(context: Context): PaymentSettings {
  const { read } = context
  const offered = read<PaymentChannel[]>('PAYMENT_CHANNELS', channels, (text) =>
    list(text).map((word) => channels.find((channel) => channel === word) ?? fail(`must be of ${channels.join(',')}`)),
  )
  return { wechatPay: readWechatPay(context, offered), alipay: readAlipay(context, offered) }
}

function readWechatPay(context: Context, offered: PaymentChannel[]): WechatPaySetting | undefined {
  const { read } = context
  const id = read<string | undefined>('WECHAT_PAY_PUBLIC_KEY_ID', undefined, matching(/^PUB_KEY_ID_\w+$/))
  const publicKeyFile = read<string | undefined>('WECHAT_PAY_PUBLIC_KEY_FILE', undefined, file)
  const platformCertificateFiles = read<string[]>('WECHAT_PAY_PLATFORM_CERTIFICATE_FILES', [], (text) =>
    list(text).map(file),
  )
  const needed = {
    WECHAT_PAY_APP_ID: read<string | undefined>('WECHAT_PAY_APP_ID', undefined, matching(/^wx[0-9a-f]{16}$/)),
    WECHAT_PAY_MERCHANT_ID: read<string | undefined>('WECHAT_PAY_MERCHANT_ID', undefined, matching(/^\d{8,12}$/)),
    WECHAT_PAY_MERCHANT_CERTIFICATE_FILE: read('WECHAT_PAY_MERCHANT_CERTIFICATE_FILE', '', file),
    WECHAT_PAY_MERCHANT_KEY_FILE: read('WECHAT_PAY_MERCHANT_KEY_FILE', '', file),
    WECHAT_PAY_API_V3_KEY: read('WECHAT_PAY_API_V3_KEY', '', (text) =>
      Buffer.byteLength(text) === 32 ? text : fail('must have 32 characters'),
    ),
  }
  const url = read('WECHAT_PAY_URL', WECHAT_PAY_URL, gateway(context, WECHAT_PAY_URL))
  const merchantSerial = read<string | undefined>('WECHAT_PAY_MERCHANT_SERIAL', undefined, matching(/^[0-9A-F]{8,64}$/))
  if (!complete(context, 'WECHAT_PAY', needed, [merchantSerial, id, publicKeyFile])) return undefined
  if ((id === undefined) !== (publicKeyFile === undefined))
    context.problems.push('WECHAT_PAY_PUBLIC_KEY_FILE: goes together with WECHAT_PAY_PUBLIC_KEY_ID')
  if (id === undefined && platformCertificateFiles.length === 0)
    context.problems.push(
      'WECHAT_PAY_PUBLIC_KEY_FILE: this or WECHAT_PAY_PLATFORM_CERTIFICATE_FILES must be set, or nothing could be verified',
    )
  return {
    url,
    appId: needed.WECHAT_PAY_APP_ID!,
    merchantId: needed.WECHAT_PAY_MERCHANT_ID!,
    merchantSerial,
    merchantCertificateFile: needed.WECHAT_PAY_MERCHANT_CERTIFICATE_FILE,
    merchantKeyFile: needed.WECHAT_PAY_MERCHANT_KEY_FILE,
    apiV3Key: needed.WECHAT_PAY_API_V3_KEY,
    platformCertificateFiles,
    publicKey: id && publicKeyFile ? { id, file: publicKeyFile } : undefined,
    channels: wechatChannels.filter((channel) => offered.includes(channel)),
  }
}

function readAlipay(context: Context, offered: PaymentChannel[]): AlipaySetting | undefined {
  const { read } = context
  const needed = {
    ALIPAY_APP_ID: read<string | undefined>('ALIPAY_APP_ID', undefined, matching(/^\d{16}$/)),
    ALIPAY_SELLER_ID: read<string | undefined>('ALIPAY_SELLER_ID', undefined, matching(/^2088\d{12}$/)),
    ALIPAY_APP_KEY_FILE: read('ALIPAY_APP_KEY_FILE', '', file),
    ALIPAY_PUBLIC_KEY_FILE: read('ALIPAY_PUBLIC_KEY_FILE', '', file),
  }
  const url = read('ALIPAY_GATEWAY', ALIPAY_GATEWAY, gateway(context, ALIPAY_GATEWAY))
  if (!complete(context, 'ALIPAY', needed, [])) return undefined
  return {
    gateway: url,
    appId: needed.ALIPAY_APP_ID!,
    sellerId: needed.ALIPAY_SELLER_ID!,
    appKeyFile: needed.ALIPAY_APP_KEY_FILE,
    publicKeyFile: needed.ALIPAY_PUBLIC_KEY_FILE,
    channels: alipayChannels.filter((channel) => offered.includes(channel)),
  }
}

/** Half a provider is a mistake; none is a choice. */
function complete({ problems }: Context, prefix: string, needed: Record<string, unknown>, others: unknown[]): boolean {
  const missing = Object.keys(needed).filter((name) => !needed[name])
  const some = Object.values(needed).some(Boolean) || others.some(Boolean)
  if (missing.length === 0 || !some) return missing.length === 0
  const reported = (name: string) => problems.some((problem) => problem.startsWith(`${name}:`))
  for (const name of missing.filter((each) => !reported(each)))
    problems.push(`${name}: must be set too, because other settings of ${prefix} are`)
  return false
}

/** Money that is not real must not open courses that are. */
const gateway =
  ({ earnest }: Context, official: string) =>
  (text: string): string => {
    const url = URL.canParse(text) ? new URL(text) : fail('must be an address')
    if (text === official) return text
    if (earnest) return fail(`must be ${official} where NODE_ENV is production and DEMO is not true`)
    return /^https?:$/.test(url.protocol) ? text.replace(/\/$/, '') : fail('must be an address that starts with http')
  }

const fail = (rule: string): never => {
  throw new Error(rule)
}

const list = (text: string) => text.split(',').map((word) => word.trim())

const matching =
  (pattern: RegExp) =>
  (text: string): string =>
    pattern.test(text) ? text : fail(`must look like ${pattern.source}`)

function file(text: string): string {
  const path = resolve(text)
  try {
    accessSync(path, constants.R_OK)
    return path
  } catch {
    return fail('must be a file that can be read')
  }
}
