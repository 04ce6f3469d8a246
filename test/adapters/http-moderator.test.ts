import { createHmac } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createHttpModerator } from '../../src/adapters/http-moderator.ts'

const secret = 'a secret for tests that is long enough'
const said = { roomId: 'lesson', peerId: 'a', text: '你好' }

/** An outside service on loopback that answers so. */
async function openService(t: Test, answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return createHttpModerator({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/judge`, secret })
}

t.test('the service is sent what was written, signed, and its verdict is taken', async (t) => {
  for (const verdict of ['pass', 'hold', 'refuse'] as const) {
    const moderator = await openService(t, async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      t.same(JSON.parse(String(body)), said)
      t.equal(request.headers['x-signature'], createHmac('sha256', secret).update(body).digest('hex'))
      response.end(JSON.stringify({ verdict }))
    })
    t.equal(await moderator.judge(said), verdict)
  }
})

t.test('an answer without a verdict, of another size, or from elsewhere, is none', async (t) => {
  const answers: RequestListener[] = [
    (_, response) => response.end('no JSON'),
    (_, response) => response.end(JSON.stringify({ verdict: 'maybe' })),
    (_, response) => response.writeHead(500).end(JSON.stringify({ verdict: 'pass' })),
    (_, response) => response.end(JSON.stringify({ verdict: 'pass', more: 'x'.repeat(5000) })),
    (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
    (request) => request.socket.destroy(),
  ]
  for (const answer of answers) await t.rejects((await openService(t, answer)).judge(said))
})
