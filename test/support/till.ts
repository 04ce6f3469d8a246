/** A store that takes money through the real client libraries from a payment sandbox, and hears its notices over loopback. */
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { Test } from 'tap'
import { loadSettings } from '../../config/settings.ts'
import type { Db } from '../../db/client.ts'
import type { SignedInUser } from '../../src/http/auth.ts'
import { serializers } from '../../src/log.ts'
import { paymentProviders } from '../../src/money-side.ts'
import type { Channel } from '../../src/payments/schema.ts'
import { createBusinessApp, runningClock } from './business.ts'
import { freePort } from './processes.ts'
import type { OpenedSandbox } from './sandbox.ts'
import { createStore } from './store.ts'

/** Short, so that silence is over soon. */
const TIMEOUT_MS = 1000

export type Till = Awaited<ReturnType<typeof openTill>>

export async function openTill(t: Test, db: Db, sandbox: OpenedSandbox) {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const clock = runningClock()
  const settings = loadSettings({ ...sandbox.settings, SECRET: 'x'.repeat(32) })
  const providers = paymentProviders({ ...settings, publicUrl, now: clock.now, timeoutMs: TIMEOUT_MS })
  const noticeUrl = (provider: string) => `${publicUrl}/api/payments/${provider}/notice`
  const lines: string[] = []
  const log = pino({ level: 'trace', serializers }, { write: (line: string) => void lines.push(line) })
  const shaky = shakyDatabase(db)
  const store = await createStore(shaky.db, { providers, publicUrl, log }, clock)
  const { orders, payments } = store
  const app = await createBusinessApp(store, { orders, payments, log, refusedPerMinute: 100_000 })
  t.teardown(() => app.close())
  await app.listen({ host: '127.0.0.1', port })
  const listening = (app.server.address() as AddressInfo).port === port
  if (!listening) throw new Error('the port was taken')

  /** A new order of a new course, with an attempt to pay it. */
  async function checkout(channel: Channel = 'wechat_native', priceFen = 19_900) {
    const buyer = await store.person()
    const course = await store.course(priceFen)
    const order = await store.order(buyer, course.id)
    const started = await pay(buyer, order.id, channel)
    return { buyer, course, order, ...started }
  }

  async function pay(buyer: Pick<SignedInUser, 'id'>, orderId: string, channel: Channel) {
    store.openids.set(buyer.id, 'o-test-openid-of-this-buyer1')
    const { prompt } = await store.orders.pay({ id: buyer.id, ip: '203.0.113.7' }, orderId, channel)
    const attempts = await store.attempts(orderId)
    const attempt = attempts.findLast((each) => each.channel === channel)!
    return { prompt, attempt, trade: { provider: attempt.provider, outTradeNo: attempt.outTradeNo } }
  }

  return {
    ...store,
    app,
    publicUrl,
    settings,
    wechatPay: providers[0]!,
    alipayPay: providers[1]!,
    noticeUrl,
    checkout,
    pay,
    sandbox,
    /** All that was logged. */
    lines,
    /** What of it somebody must act on. */
    alarmed: () => lines.map((line) => JSON.parse(line) as Logged).filter(({ level }) => level >= ERROR_LEVEL),
    breakDatabase: shaky.breakOnce,
  }
}

export type Logged = { level: number; msg: string; outcome?: string; outTradeNo?: string }
const ERROR_LEVEL = 50

/** A database whose next transaction fails. */
function shakyDatabase(db: Db) {
  let broken = false
  const transaction: Db['transaction'] = (...work) => {
    if (!broken) return db.transaction(...work)
    broken = false
    return Promise.reject(new Error('the database is down'))
  }
  const get = (target: Db, key: string | symbol) => {
    const value: unknown = key === 'transaction' ? transaction : Reflect.get(target, key)
    return typeof value === 'function' ? value.bind(target) : value
  }
  return {
    db: new Proxy(db, { get }),
    breakOnce: () => {
      broken = true
    },
  }
}
