/** Calls to payment providers: what is signed goes to nobody else, and nothing is waited for without end. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { boundedFetch } from '../../src/adapters/bounded-fetch.ts'
import { openHttpDouble } from '../support/http-double.ts'

const unknown = { name: 'OutcomeUnknown' }
const call = {
  method: 'POST' as const,
  headers: { authorization: 'signed' },
  body: '{}',
  timeoutMs: 300,
  maxBytes: 100,
}

t.test('a redirect is not followed, so that no other host sees what was signed', async (t) => {
  const elsewhere = await openHttpDouble(t, () => ({ body: 'welcome' }))
  for (const status of [301, 302, 303, 307, 308]) {
    const provider = await openHttpDouble(t, () => ({ status, headers: { location: elsewhere.url } }))
    await t.rejects(boundedFetch(provider.url, call), unknown, String(status))
    const { body: _, ...question } = call
    await t.rejects(boundedFetch(provider.url, { ...question, method: 'GET' }), unknown)
  }
  t.strictSame(elsewhere.asked, [])
})

t.test('an answer of any status is an answer, as long as it is not too long', async (t) => {
  const provider = await openHttpDouble(t, ({ url }) => ({
    status: 503,
    body: 'x'.repeat(Number(url.search.slice(1))),
  }))
  t.match(await boundedFetch(`${provider.url}/?100`, call), { status: 503, body: Buffer.from('x'.repeat(100)) })
  await t.rejects(boundedFetch(`${provider.url}/?101`, call), unknown)
})

t.test(
  'silence, and a connection that is cut, leave the outcome unknown, and the message tells no address',
  async (t) => {
    const cut = await openHttpDouble(t, () => undefined)
    const error = await boundedFetch(`${cut.url}/?sign=secret`, call).catch((error: Error) => error)
    t.match(error, unknown)
    t.notMatch((error as Error).message, /secret/)
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    t.teardown(() => silent.close())
    const { port } = silent.address() as { port: number }
    await t.rejects(boundedFetch(`http://127.0.0.1:${port}`, call), unknown)
  },
)
