/** Paying inside WeChat, over the wire: one signs in by WeChat, WeChat's bridge charges that very person, and the order is paid. */
import { eq } from 'drizzle-orm'
import t from 'tap'
import { wechatOpenIds } from '../../db/schema.ts'
import { TERMS_VERSION } from '../../src/users/terms.ts'
import { untilItWorks } from '../support/processes.ts'
import { openSandbox } from '../support/sandbox.ts'
import { makeAccount, openServer } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'

const sandbox = await openSandbox(t)
const server = await openServer(sandbox.settings)
t.teardown(() => server.close())
const teacher = await makeAccount(server, 'teacher', 'Ms Light', 'teacher')
const shelf = createShelf(server.db, Date.now)

type Headers = Record<string, string>

async function ask(line: string, body?: object, headers: Headers = {}) {
  const [method, path] = line.split(' ') as [string, string]
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

/** What a browser inside WeChat does: to WeChat's page, a press on a name, and back with a code. */
async function signInByWechat(person: string) {
  const away = await ask('POST /api/session/wechat/leave', { way: 'account', termsVersion: TERMS_VERSION })
  const cookie = away.headers.get('set-cookie')!.split(';')[0]!
  const address = new URL(away.body.url)
  t.equal(address.origin, new URL(sandbox.cashierUrl).origin)
  const form = new URLSearchParams([...address.searchParams, ['person', person]])
  const sent = await fetch(new URL(address.pathname, address), { method: 'POST', body: form, redirect: 'manual' })
  const back = new URL(sent.headers.get('location')!)
  t.equal(`${back.origin}${back.pathname}`, `${server.url}/sign-in/wechat`)
  const { code, state } = Object.fromEntries(back.searchParams)
  const { body } = await ask('POST /api/session/wechat', { code, state }, { cookie })
  return { id: body.user.id as string, headers: { authorization: `Bearer ${body.accessToken}` } }
}

async function newOrder(headers: Headers) {
  const course = await shelf.course(teacher.id, { title: 'Lamps and shadows' })
  const { version: agreementVersion } = (await ask('GET /api/agreement')).body
  const wish = { courseId: course.id, agreementVersion }
  return (await ask('POST /api/orders', wish, { ...headers, 'idempotency-key': course.id })).body.order
}

type Prompt = Record<string, string>

/** What `WeixinJSBridge.invoke` opens with these parameters. */
const openBridge = ({ kind: _, ...parameters }: Prompt, back: string) =>
  fetch(`${sandbox.cashierUrl}/bridge?${new URLSearchParams({ ...parameters, redirect_url: back })}`)

/** Presses the button of the cashier's page. */
async function press(page: string, action: 'pay' | 'cancel'): Promise<string> {
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
    ([, name, value]) => [name!, value!.replaceAll('&amp;', '&')] as [string, string],
  )
  const body = new URLSearchParams([...fields, ['action', action]])
  return (await fetch(`${sandbox.cashierUrl}/cashier/act`, { method: 'POST', body })).text()
}

t.test('who signed in inside WeChat pays there, as that person, and the course is open', async (t) => {
  const buyer = await signInByWechat('小满')
  const order = await newOrder(buyer.headers)
  const { body } = await ask(`POST /api/orders/${order.id}/pay`, { channel: 'wechat_jsapi' }, buyer.headers)
  t.match(body.prompt, { kind: 'jsapi', appId: sandbox.settings.WECHAT_PAY_APP_ID, signType: 'RSA' })

  const [account] = await server.db.select().from(wechatOpenIds).where(eq(wechatOpenIds.userId, buyer.id))
  const [prepaid] = await sandbox.control.trades()
  t.match(prepaid, { product: 'JSAPI', openid: account!.openId, totalFen: 19_900 })

  const cashier = await openBridge(body.prompt, `${server.url}/orders/${order.id}`)
  t.equal(cashier.status, 200)
  const page = await cashier.text()
  t.match(page, /Lamps and shadows[\s\S]*199\.00/)
  const cancelled = await press(page, 'cancel')
  t.match(cancelled, /get_brand_wcpay_request(:|%3A)cancel/)
  const now = async () => (await ask(`GET /api/orders/${order.id}`, undefined, buyer.headers)).body.order
  t.match(await now(), { status: 'paying' })

  t.match(await press(page, 'pay'), /get_brand_wcpay_request(:|%3A)ok/)
  await untilItWorks(async () => {
    const { status } = await now()
    if (status !== 'paid') throw new Error(status)
  })
  t.match(await now(), { status: 'paid', channel: 'wechat_jsapi' })
})

t.test('the bridge opens for the very parameters that the server signed, and no others', async (t) => {
  const buyer = await signInByWechat('Hedy')
  const order = await newOrder(buyer.headers)
  const { body } = await ask(`POST /api/orders/${order.id}/pay`, { channel: 'wechat_jsapi' }, buyer.headers)
  const changes: Prompt[] = [
    { timeStamp: String(Number(body.prompt.timeStamp) + 1) },
    { nonceStr: 'another' },
    { appId: sandbox.foreign.WECHAT_PAY_APP_ID },
    { signType: 'MD5' },
    { paySign: `${body.prompt.paySign.slice(0, -4)}AAA=` },
  ]
  for (const change of changes)
    t.equal((await openBridge({ ...body.prompt, ...change }, server.url)).status, 400, Object.keys(change)[0]!)
})

t.test('who never signed in through WeChat cannot pay inside it', async (t) => {
  const { username, password } = await makeAccount(server, 'student', 'Ms Shadow')
  const signedIn = await ask('POST /api/session', { username, password })
  const headers = { authorization: `Bearer ${signedIn.body.accessToken}` }
  const order = await newOrder(headers)
  const answer = await ask(`POST /api/orders/${order.id}/pay`, { channel: 'wechat_jsapi' }, headers)
  t.match(answer, { body: { error: { code: 'channel_unavailable' } } })
})
