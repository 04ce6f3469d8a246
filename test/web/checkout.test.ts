import { mock } from 'node:test'
import t from 'tap'
import type { Order, OrderStatus } from '../../src/orders/schema.ts'
import { ApiError } from '../../web/src/api/errors.ts'
import { offeredChannels } from '../../web/src/checkout/channels.ts'
import { Checkout, FOLLOW_EVERY_MS } from '../../web/src/checkout/checkout.ts'

const MINUTE_MS = 60_000
const wish = { agreementVersion: '1' }
const wanted = { courseId: 'course' }

/** A server with one order, whose status the test sets, and a note of everything that it was asked. */
function shop({ payableFen = 19900 } = {}) {
  const asked: string[] = []
  const keys: string[] = []
  const state = { status: 'pending' as OrderStatus, now: 0, fails: [] as unknown[], promptMs: 5 * MINUTE_MS }
  const order = () => ({ id: 'order', status: state.status, payableFen, expiresAt: 30 * MINUTE_MS }) as Order
  const answer = async (line: string) => {
    asked.push(line)
    const failure = state.fails.shift()
    if (failure) throw failure
    return { order: order(), now: state.now }
  }
  const api = {
    create: (_wish: object, key: string) => {
      keys.push(key)
      return answer('create')
    },
    pay: async (_id: string, channel: string) => {
      const { order, now } = await answer(`pay ${channel}`)
      state.status = 'paying'
      return {
        order,
        now,
        prompt: { kind: 'code' as const, codeUrl: 'weixin://1' },
        expiresAt: state.now + state.promptMs,
      }
    },
    get: () => answer('get'),
    check: () => answer('check'),
    cancel: () => {
      state.status = 'closed'
      return answer('cancel')
    },
  }
  let number = 0
  const checkout = new Checkout({ api, now: () => state.now, newKey: () => `key-${++number}` })
  t.teardown(() => checkout.close())
  const step = () => checkout.view.get().step
  return { checkout, state, asked, keys, step }
}

t.test('an order is made, and its payer given something to scan', async (t) => {
  const { checkout, asked, step } = shop()
  await checkout.pay(wanted, wish, 'wechat_native')
  t.strictSame(asked, ['create', 'pay wechat_native'])
  t.equal(step(), 'waiting')
  t.match(checkout.view.get().prompt, { codeUrl: 'weixin://1' })
})

t.test('what costs nothing is done at once', async (t) => {
  const { checkout, state, asked, step } = shop({ payableFen: 0 })
  state.status = 'paid'
  await checkout.pay(wanted, wish, null)
  t.strictSame(asked, ['create'])
  t.equal(step(), 'done')
})

t.test('it is done when the server says so, and not before', async (t) => {
  const { checkout, state, step } = shop()
  await checkout.pay(wanted, wish, 'wechat_native')
  await checkout.confirm()
  t.equal(step(), 'confirming')
  await checkout.noticed('another order')
  t.equal(step(), 'confirming')
  state.status = 'paid'
  await checkout.noticed('order')
  t.equal(step(), 'done')
})

t.test('trouble on the way never says that the payment failed', async (t) => {
  const { checkout, state, step } = shop()
  await checkout.pay(wanted, wish, 'wechat_native')
  state.fails.push(new ApiError('offline'))
  await checkout.confirm()
  t.equal(step(), 'confirming')
  t.match(checkout.view.get().error, { code: 'offline' })
})

t.test('a request that was not answered is sent again under the same key, a refused one under another', async (t) => {
  const { checkout, state, keys } = shop()
  state.fails.push(new ApiError('offline'))
  await checkout.pay(wanted, wish, 'wechat_native')
  state.fails.push(new ApiError('coupon_invalid' as never))
  await checkout.pay(wanted, wish, 'wechat_native')
  await checkout.pay(wanted, wish, 'wechat_native')
  t.strictSame(keys, ['key-1', 'key-1', 'key-2'])
})

t.test('an order that was closed can be made anew', async (t) => {
  const { checkout, state, step } = shop()
  await checkout.pay(wanted, wish, 'wechat_native')
  await checkout.cancel()
  t.equal(step(), 'closed')
  checkout.again()
  t.equal(step(), 'choosing')
  state.status = 'pending'
  await checkout.pay(wanted, wish, 'alipay_qr')
  t.equal(step(), 'waiting')
})

t.test('an order that was begun before is taken up again', async (t) => {
  for (const [status, step] of [
    ['pending', 'choosing'],
    ['paying', 'confirming'],
    ['paid', 'done'],
    ['closed', 'closed'],
  ] as const) {
    const { checkout, state, step: now } = shop()
    state.status = status
    await checkout.resume('order')
    t.equal(now(), step, status)
  }
})

t.test('a prompt that is about to end is asked for anew', async (t) => {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  const { checkout, state, asked } = shop()
  await checkout.pay(wanted, wish, 'wechat_native')
  state.now = state.promptMs - 5000
  mock.timers.tick(FOLLOW_EVERY_MS)
  while (asked.length < 4) await Promise.resolve()
  t.strictSame(asked, ['create', 'pay wechat_native', 'get', 'pay wechat_native'])
})

t.test('each browser is offered what works in it', async (t) => {
  const all = ['wechat_native', 'wechat_jsapi', 'wechat_h5', 'alipay_page', 'alipay_wap', 'alipay_qr'] as const
  const offered = (wechat: boolean, phone: boolean) => offeredChannels([...all], { wechat, phone })
  t.strictSame(offered(false, false), ['wechat_native', 'alipay_qr'])
  t.strictSame(offered(false, true), ['wechat_h5', 'alipay_wap'])
  t.strictSame(offered(true, true), ['wechat_jsapi'])
  t.strictSame(offeredChannels(['alipay_page'], { wechat: false, phone: false }), ['alipay_page'])
})
