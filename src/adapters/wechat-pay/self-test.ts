/** Whether everything is right before real money comes. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { newOutTradeNo } from '../../payments/money.ts'
import type { PaymentState } from '../../payments/provider.ts'
import type { SelfCheck } from '../../payments/schema.ts'
import { checkClock, checkNoticeUrl, checks } from '../self-checks.ts'
import type { WechatPaySettings } from './settings.ts'
import { API_V3_KEY_BYTES } from './verify.ts'

type SelfTestDeps = {
  settings: WechatPaySettings
  noticeUrl: string
  certificate: Buffer
  privateKey: Buffer
  /** How many of WeChat Pay's own keys are there. */
  keys: number
  now: () => number
  query: (outTradeNo: string) => Promise<PaymentState>
}

export const selfTest = (deps: SelfTestDeps): Promise<SelfCheck[]> => {
  const { settings, noticeUrl, certificate, privateKey, keys, now, query } = deps
  const x509 = new X509Certificate(certificate)
  return checks('wechat', {
    key_pair: () => {
      const own = createPublicKey(createPrivateKey(privateKey))
      if (!x509.publicKey.equals(own)) throw new Error('the private key is not that of the certificate')
    },
    serial: () => {
      const given = settings.merchantSerial ?? x509.serialNumber
      if (given.toUpperCase() !== x509.serialNumber) throw new Error(`the certificate’s is ${x509.serialNumber}`)
      if (Date.parse(x509.validTo) < now()) throw new Error(`the certificate ended ${x509.validTo}`)
    },
    api_key: () => {
      const { length } = Buffer.from(settings.apiV3Key)
      if (length !== API_V3_KEY_BYTES) throw new Error(`${length} bytes instead of ${API_V3_KEY_BYTES}`)
    },
    provider_keys: () => {
      if (keys === 0) throw new Error('neither a platform certificate that is valid nor a public key')
    },
    clock: () => checkClock(settings.url, now),
    notice_url: () => checkNoticeUrl(noticeUrl),
    // A signed answer about a number that nobody has proves keys, serial number and clocks on both sides.
    reachable: async () => {
      const { status } = await query(newOutTradeNo())
      if (status !== 'unknown') throw new Error(`a number that nobody has is ${status}`)
    },
  })
}
