import t from 'tap'
import { createSiteverifyCaptcha } from '../../src/adapters/siteverify-captcha.ts'
import { openHttpDouble } from '../support/http-double.ts'

const secretKey = '1x0000000000000000000000000000000AA'

function captcha(verifyUrl: string) {
  const logged: object[] = []
  return { logged, ...createSiteverifyCaptcha({ verifyUrl, secretKey }, { error: (details) => logged.push(details) }) }
}

t.test('a token is good when the service says so, and only once', async (t) => {
  const used = new Set<string>()
  const { url, asked } = await openHttpDouble(t, ({ body }) => {
    const token = new URLSearchParams(body).get('response')!
    if (token !== 'solved') return { body: { success: false, 'error-codes': ['invalid-input-response'] } }
    if (used.has(token)) return { body: { success: false, 'error-codes': ['timeout-or-duplicate'] } }
    used.add(token)
    return { body: { success: true, 'error-codes': [], hostname: 'class.example.com' } }
  })
  const { verify, logged } = captcha(`${url}/turnstile/v0/siteverify`)
  t.equal(await verify('solved', '203.0.113.7'), true)
  t.equal(await verify('solved', '203.0.113.7'), false)
  t.equal(await verify('made up', '203.0.113.7'), false)
  t.match(asked[0], { method: 'POST', headers: { 'content-type': /^application\/x-www-form-urlencoded/ } })
  t.equal(asked[0]!.url.pathname, '/turnstile/v0/siteverify')
  t.strictSame(Object.fromEntries(new URLSearchParams(asked[0]!.body)), {
    secret: secretKey,
    response: 'solved',
    remoteip: '203.0.113.7',
  })
  t.strictSame(logged, [])
})

t.test('nobody passes while the service does not answer, or the secret is wrong', async (t) => {
  for (const answer of [
    undefined,
    { status: 502, body: '<html>' },
    { body: 'null' },
    { body: { success: false, 'error-codes': ['invalid-input-secret'] } },
  ]) {
    const { url } = await openHttpDouble(t, () => answer)
    const { verify, logged } = captcha(url)
    await t.rejects(verify('solved', ''), { code: 'unavailable' }, JSON.stringify(answer))
    t.equal(logged.length, 1)
  }
})

t.test('only the word true is a yes', async (t) => {
  for (const success of ['true', 1, undefined, null]) {
    const { url } = await openHttpDouble(t, () => ({ body: { success } }))
    t.equal(await captcha(url).verify('x', ''), false)
  }
})
