/** Which ways to pay make sense in this browser. */
import type { Channel, Provider } from '../../../src/payments/schema.ts'

export type Surroundings = { wechat: boolean; phone: boolean }

export function surroundings(): Surroundings {
  return {
    wechat: /MicroMessenger/i.test(navigator.userAgent),
    phone:
      matchMedia('(pointer: coarse) and (max-width: 820px)').matches || /Android|iPhone/i.test(navigator.userAgent),
  }
}

/** By provider, the best first: a code on a wide screen, the provider's own app on a phone, the bridge within WeChat. */
const preferred: Record<'wide' | 'phone' | 'wechat', Record<Provider, Channel[]>> = {
  wide: { wechat: ['wechat_native'], alipay: ['alipay_qr', 'alipay_page'] },
  phone: { wechat: ['wechat_h5', 'wechat_native'], alipay: ['alipay_wap', 'alipay_qr'] },
  wechat: { wechat: ['wechat_jsapi', 'wechat_native'], alipay: [] },
}

/** One channel for each provider that has one here, in order. */
export function offeredChannels(available: Channel[], { wechat, phone }: Surroundings): Channel[] {
  const place = wechat ? 'wechat' : phone ? 'phone' : 'wide'
  return Object.values(preferred[place]).flatMap(
    (channels) => channels.find((channel) => available.includes(channel)) ?? [],
  )
}

export const providerOf = (channel: Channel): Provider => (channel.startsWith('wechat') ? 'wechat' : 'alipay')
