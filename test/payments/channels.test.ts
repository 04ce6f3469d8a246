import t from 'tap'
import type { Channel } from '../../src/payments/schema.ts'
import { openTestDatabase } from '../support/database.ts'
import { openSandbox } from '../support/sandbox.ts'
import { openTill } from '../support/till.ts'

const sandbox = await openSandbox(t)
const till = await openTill(t, await openTestDatabase(t), sandbox)

const prompts: Record<Channel, object> = {
  wechat_native: { kind: 'code', codeUrl: /^weixin:/ },
  wechat_jsapi: { kind: 'jsapi', package: /^prepay_id=wx/, signType: 'RSA', paySign: /^[\w+/]+=*$/ },
  wechat_h5: { kind: 'url', url: /redirect_url=http/ },
  alipay_page: { kind: 'url', url: /gateway\.do\?.*sign=/ },
  alipay_wap: { kind: 'url', url: /gateway\.do\?.*sign=/ },
  alipay_qr: { kind: 'code', codeUrl: /./ },
}

for (const [channel, expected] of Object.entries(prompts) as [Channel, object][])
  t.test(`${channel}: from the prompt to the right, and back`, async (t) => {
    const { buyer, order, prompt, trade, attempt } = await till.checkout(channel)
    t.match(prompt, expected)
    if (prompt.kind === 'url') await fetch(prompt.url, { redirect: 'manual' })
    await sandbox.control.pay(trade)
    await sandbox.control.noticesSettled(trade.outTradeNo)
    t.match(await till.row(order.id), { status: 'paid', paidAttemptId: attempt.id })
    t.equal((await till.rights(buyer.id)).length, 1)

    await till.orders.requestRefund(buyer, order.id, { reason: 'not for me' })
    const [refund] = await till.refundsOf(order.id)
    await till.orders.operator.approve(await till.person('operator'), refund!.id, {})
    await till.jobs.runDue()
    await sandbox.control.noticesSettled(trade.outTradeNo)
    t.match(await till.row(order.id), { status: 'refunded', refundedFen: 19_900 })
    t.equal((await till.rights(buyer.id)).length, 0)
  })
