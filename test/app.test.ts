import { once } from 'node:events'
import t from 'tap'
import WebSocket from 'ws'
import { SUBPROTOCOL } from '../signaling/protocol/constants.ts'
import { TestClient } from './support/client.ts'
import { makeAccount, openServer } from './support/server.ts'

t.test('the whole server', async (t) => {
  const server = await openServer({ MEDIA_URL: 'https://media.example.com' })
  t.teardown(() => server.close())
  const { app, url } = server

  /** A signed-in person, and what they ask of the API. */
  const signIn = async (username: string, role: 'student' | 'teacher') => {
    const { password } = await makeAccount(server, username, username, role)
    const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { username, password } })
    const { accessToken } = answer.json()
    return async (method: 'GET' | 'POST' | 'DELETE', path: string, payload?: object) => {
      const headers = { authorization: `Bearer ${accessToken}` }
      const answer = await app.inject({ method, url: path, headers, ...(payload && { payload }) })
      return answer.body === '' ? undefined : answer.json()
    }
  }
  const enter = async (ask: Awaited<ReturnType<typeof signIn>>, lessonId: string) => {
    const { url: path, ticket } = await ask('POST', `/api/lessons/${lessonId}/ticket`)
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}?ticket=${ticket}`, SUBPROTOCOL)
    const client = new TestClient(socket)
    await once(socket, 'open')
    return Object.assign(client, { joined: await client.join() })
  }

  t.test('a class goes from the announcement to its end', async (t) => {
    const teacher = await signIn('teacher', 'teacher')
    const student = await signIn('student', 'student')
    const lesson = await teacher('POST', '/api/lessons', { title: 'Lamps', startsAt: Date.now() + 1000 })
    const inClass = await enter(teacher, lesson.id)
    await inClass.request('startClass', {})
    const watching = await enter(student, lesson.id)
    t.equal(watching.joined.snapshot.status, 'live')
    t.match(await student('GET', `/api/lessons/${lesson.id}`), {
      lesson: { status: 'live', online: 2 },
      role: 'student',
    })
    await watching.request('sendMessage', { text: 'hello' })
    await inClass.event('messageSent')
    await inClass.request('endClass', {})
    t.match(await watching.closed, { code: 4410 })
    t.match(await student('GET', `/api/lessons/${lesson.id}`), { lesson: { status: 'ended' } })
    t.match(await student('POST', `/api/lessons/${lesson.id}/ticket`), { error: { code: 'lesson_ended' } })
  })

  t.test('signing out closes the place in the room at once', async (t) => {
    const teacher = await signIn('teacher2', 'teacher')
    const lesson = await teacher('POST', '/api/lessons', { title: 'Lamps', startsAt: Date.now() + 1000 })
    const inClass = await enter(teacher, lesson.id)
    const { sessions } = await teacher('GET', '/api/sessions')
    await teacher('DELETE', `/api/sessions/${sessions[0].id}`)
    t.match(await inClass.closed, { code: 4401 })
  })

  t.test('the OpenAPI document describes every route of the API', async (t) => {
    const { paths } = (await app.inject('/api/openapi.json')).json()
    const described = Object.keys(paths)
    for (const path of ['/api/users', '/api/session', '/api/lessons', '/api/lessons/{id}/ticket', '/healthz'])
      t.ok(described.includes(path), path)
    for (const [path, methods] of Object.entries<Record<string, { summary?: string; responses: object }>>(paths))
      for (const [method, { summary, responses }] of Object.entries(methods)) {
        t.ok(summary, `${method} ${path} says what it does`)
        t.ok(Object.keys(responses).length > 0, `${method} ${path} says what it answers`)
      }
  })

  t.test('an unknown address of the API is a 404 in JSON', async (t) => {
    const answer = await app.inject('/api/nope')
    t.equal(answer.statusCode, 404)
    t.match(answer.json(), { error: { code: 'not_found' } })
  })

  t.test('a file that is not there is a 404, never a page', async (t) => {
    t.equal((await app.inject('/assets/gone-12345678.js')).statusCode, 404)
    t.equal((await app.inject('/assets/..%2f..%2fpackage.json')).statusCode, 404)
    const page = await app.inject('/lessons/some-lesson')
    t.match(page.headers['content-type'], /text\/html/)
    t.equal(page.headers['cache-control'], 'no-cache')
  })

  t.test('pages may load nothing from elsewhere but what they play, and may not be framed', async (t) => {
    const { headers } = await app.inject('/healthz')
    const rules = String(headers['content-security-policy']).split(';')
    const places = rules.filter((rule) => rule.includes('https:')).map((rule) => rule.split(' ')[0])
    t.strictSame(places.sort(), ['connect-src', 'img-src', 'media-src'])
    t.match(headers['content-security-policy'], /default-src 'self'/)
    t.match(headers['content-security-policy'], /frame-ancestors 'none'/)
    t.equal(headers['x-content-type-options'], 'nosniff')
  })

  t.test('parts of films, of which each viewer fetches many a second, carry nothing that is about pages', async (t) => {
    for (const path of ['/api/live/x/v0/7.3.m4s', '/api/replay/x/v0/7.m4s', '/api/play/x/360p/index.m3u8']) {
      const { headers } = await app.inject(path)
      t.equal(headers['content-security-policy'], undefined, path)
      t.equal(headers['x-content-type-options'], 'nosniff', path)
    }
  })

  t.test('a node without media workers is not ready, but alive', async (t) => {
    t.equal((await app.inject('/readyz')).statusCode, 200)
    process.kill(server.pool.workers[0]!.worker.pid, 'SIGKILL')
    await once(server.pool.workers[0]!.worker, 'died')
    t.equal((await app.inject('/readyz')).statusCode, 503)
    t.equal((await app.inject('/healthz')).statusCode, 200)
  })
})
