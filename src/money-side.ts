/** Orders and payments, put together with the providers that the settings name. */
import type { Logger } from 'pino'
import type { PaymentSettings } from '../config/payments.ts'
import type { Settings } from '../config/settings.ts'
import type { Db } from '../db/client.ts'
import type { Bus } from '../signaling/ports.ts'
import { createAlipay } from './adapters/alipay/alipay.ts'
import { createWechatPay } from './adapters/wechat-pay/wechat-pay.ts'
import type { Jobs } from './jobs/jobs.ts'
import { readAgreement } from './orders/agreement.ts'
import { createOrders } from './orders/service.ts'
import type { PaymentProvider } from './payments/provider.ts'
import { createPayments } from './payments/service.ts'
import type { Users } from './users/service.ts'

type MoneySideDeps = {
  settings: Settings
  db: Db
  bus: Bus
  jobs: Jobs
  now: () => number
  log: Logger
  users: Pick<Users, 'openIdOf'>
}

export async function openMoneySide({ settings, users, ...shared }: MoneySideDeps) {
  const { publicUrl, orderTtlMinutes, refundSecondPersonFen, wechatPay } = settings
  const providers = paymentProviders({ ...settings, now: shared.now })
  const orders = createOrders({
    ...shared,
    providers,
    openidOf: async (userId) => (wechatPay ? users.openIdOf(userId, wechatPay.appId) : null),
    agreement: readAgreement(),
    publicUrl,
    orderTtlMinutes,
    refundSecondPersonFen,
  })
  const payments = createPayments({ ...shared, providers, settlement: orders })
  await orders.work()
  await payments.work()
  return { orders, payments }
}

type ProvidersDeps = PaymentSettings & { publicUrl: string; now: () => number; timeoutMs?: number }

/** Their notices come to `publicUrl`. */
export function paymentProviders({ wechatPay, alipay, publicUrl, ...shared }: ProvidersDeps): PaymentProvider[] {
  const noticeUrl = (provider: string) => `${publicUrl}/api/payments/${provider}/notice`
  return [
    ...(wechatPay ? [createWechatPay({ settings: wechatPay, noticeUrl: noticeUrl('wechat'), ...shared })] : []),
    ...(alipay ? [createAlipay({ settings: alipay, noticeUrl: noticeUrl('alipay'), ...shared })] : []),
  ]
}
