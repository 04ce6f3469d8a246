import t from 'tap'
import { createHttp } from '../../web/src/api/http.ts'

type Seen = { path: string; token: string | null; contentType: string | null }

function serve(t: { teardown(end: () => void): void }, answer: (seen: Seen) => Response) {
  const requests: Seen[] = []
  const real = globalThis.fetch
  globalThis.fetch = async (path, init) => {
    const headers = new Headers(init?.headers)
    const seen = { path: String(path), token: headers.get('authorization'), contentType: headers.get('content-type') }
    requests.push(seen)
    return answer(seen)
  }
  t.teardown(() => {
    globalThis.fetch = real
  })
  return requests
}

const unauthorized = () => Response.json({ error: { code: 'unauthorized', message: 'no' } }, { status: 401 })

t.test('a refused token is renewed once, and the request made again', async (t) => {
  const requests = serve(t, ({ token }) => (token === 'Bearer new' ? Response.json({ ok: true }) : unauthorized()))
  const http = createHttp({ token: async () => 'old', refresh: async () => 'new' })
  t.same(await http.get('/api/me'), { ok: true })
  t.same(
    requests.map(({ token }) => token),
    ['Bearer old', 'Bearer new'],
  )
})

t.test('a second refusal is final', async (t) => {
  const requests = serve(t, unauthorized)
  const http = createHttp({ token: async () => 'old', refresh: async () => 'new' })
  await t.rejects(http.get('/api/me'), { code: 'unauthorized' })
  t.equal(requests.length, 2)
})

t.test('errors come with their code, and a page that is no answer with one of ours', async (t) => {
  const http = createHttp({ token: async () => null, refresh: async () => null })
  serve(t, () => Response.json({ error: { code: 'room_full', message: '' } }, { status: 409 }))
  await t.rejects(http.post('/api/x'), { code: 'room_full' })
  serve(t, () => new Response('<html>', { status: 502 }))
  await t.rejects(http.post('/api/x'), { code: 'unavailable' })
  serve(t, () => {
    throw new TypeError('network')
  })
  await t.rejects(http.post('/api/x'), { code: 'offline' })
})

t.test('only a request with a body says what it is made of', async (t) => {
  const requests = serve(t, () => new Response(null, { status: 204 }))
  const http = createHttp({ token: async () => null, refresh: async () => null })
  await http.post('/api/x')
  await http.post('/api/x', { a: 1 })
  t.same(
    requests.map(({ contentType }) => contentType),
    [null, 'application/json'],
  )
})

t.test('a file is sent as it is, under its own type', async (t) => {
  const requests = serve(t, () => new Response(null, { status: 204 }))
  const http = createHttp({ token: async () => 'token', refresh: async () => null })
  await http.put('/api/lessons/1/frame', new Blob(['picture'], { type: 'image/jpeg' }))
  t.match(requests, [{ contentType: 'image/jpeg', token: 'Bearer token' }])
})
