/** Whether everything is right before real money comes. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { newOutTradeNo } from '../../payments/money.ts'
import type { PaymentState } from '../../payments/provider.ts'
import type { SelfCheck } from '../../payments/schema.ts'
import { checkClock, checkNoticeUrl, checks } from '../self-checks.ts'
import type { AlipaySettings } from './settings.ts'

type SelfTestDeps = {
  settings: AlipaySettings
  noticeUrl: string
  now: () => number
  query: (outTradeNo: string) => Promise<PaymentState>
}

export const selfTest = ({ settings, noticeUrl, now, query }: SelfTestDeps): Promise<SelfCheck[]> =>
  checks('alipay', {
    // The commonest mistake is to put the application’s own public key where Alipay’s belongs.
    provider_keys: () => {
      const theirs = createPublicKey(readFileSync(settings.publicKeyFile))
      const own = createPublicKey(createPrivateKey(readFileSync(settings.appKeyFile)))
      if (theirs.equals(own)) throw new Error('this is the application’s own public key')
    },
    key_pair: () => {
      const { modulusLength = 0 } = createPrivateKey(readFileSync(settings.appKeyFile)).asymmetricKeyDetails ?? {}
      if (modulusLength < 2048) throw new Error(`${modulusLength} bits instead of 2048`)
    },
    clock: () => checkClock(settings.gateway, now),
    notice_url: () => checkNoticeUrl(noticeUrl),
    reachable: async () => {
      const { status } = await query(newOutTradeNo())
      if (status !== 'unknown') throw new Error(`a number that nobody has is ${status}`)
    },
  })
