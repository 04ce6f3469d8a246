import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import t from 'tap'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { AppError, type ErrorCode, errorStatus } from '../../signaling/protocol/errors.ts'
import { answerErrors } from '../../src/http/errors.ts'

const logged: string[] = []
const app = Fastify({
  bodyLimit: 1000,
  logger: { level: 'error', stream: { write: (line: string) => logged.push(line) } },
}).setValidatorCompiler(TypeBoxValidatorCompiler)
answerErrors(app, (_request, reply) => reply.type('text/html').send('the page'))
t.teardown(() => app.close())

app.get<{ Params: { code: ErrorCode } }>('/api/throw/:code', (request) => {
  throw new AppError(request.params.code, 'for developers')
})
app.get('/api/bug', () => {
  throw new TypeError('password=hunter2')
})
const body = object({ name: Type.String({ minLength: 3 }), inner: object({ count: Type.Integer() }) })
app.post('/api/checked', { schema: { body } }, () => ({}))

const post = (payload: string, type = 'application/json') =>
  app.inject({ method: 'POST', url: '/api/checked', headers: { 'content-type': type }, payload })

t.test('expected trouble travels under the status of its code', async (t) => {
  for (const [code, status] of Object.entries(errorStatus)) {
    if (code === 'internal') continue
    const answer = await app.inject(`/api/throw/${code}`)
    t.equal(answer.statusCode, status, code)
    t.strictSame(answer.json(), { error: { code, message: 'for developers' } })
  }
  t.strictSame(logged, [])
})

t.test('a bug is logged with its stack, and the client is told nothing', async (t) => {
  const answer = await app.inject('/api/bug')
  t.equal(answer.statusCode, 500)
  t.strictSame(answer.json(), { error: { code: 'internal', message: 'internal error' } })
  t.match(JSON.parse(logged.at(-1)!), { err: { type: 'TypeError', stack: /errors\.test\.ts/ } })
})

t.test('a body that breaks the schema is refused by the name of the field', async (t) => {
  const cases = [
    ['{"inner":{"count":1}}', /name/],
    ['{"name":"x","inner":{"count":1}}', /name/],
    ['{"name":"long","inner":{"count":"1"}}', /inner\/count/],
    ['{"name":"long","inner":{"count":1},"extra":1}', /extra/],
  ] as const
  for (const [payload, message] of cases) {
    const answer = await post(payload)
    t.equal(answer.statusCode, 400, payload)
    t.match(answer.json(), { error: { code: 'bad_request', message } })
  }
})

t.test('malformed bodies are bad requests', async (t) => {
  const deep = `${'['.repeat(400)}${']'.repeat(400)}`
  for (const payload of ['', '{', 'null', '[]', '"text"', '{"__proto__":{"name":"long"}}', deep]) {
    const answer = await post(payload)
    t.equal(answer.statusCode, 400, payload.slice(0, 40))
    t.equal(answer.json().error.code, 'bad_request')
  }
  t.equal((await post('<name/>', 'application/xml')).json().error.code, 'bad_request')
})

t.test('a body that is too large is refused', async (t) => {
  const answer = await post(JSON.stringify({ name: 'x'.repeat(2000) }))
  t.equal(answer.statusCode, 413)
  t.equal(answer.json().error.code, 'too_large')
})

t.test('an unknown address of the API is not found, whatever the method', async (t) => {
  for (const url of ['/api', '/api/', '/api/nothing', '/api?x=1', '/api/nothing?secret=1']) {
    const answer = await app.inject(url)
    t.equal(answer.statusCode, 404, url)
    t.equal(answer.json().error.code, 'not_found')
    t.notMatch(answer.body, 'secret')
  }
  t.equal((await app.inject({ method: 'DELETE', url: '/api/bug' })).statusCode, 404)
})

t.test('any other address is a page', async (t) => {
  for (const url of ['/lessons/1', '/apiary']) t.equal((await app.inject(url)).body, 'the page', url)
  t.equal((await app.inject({ method: 'POST', url: '/lessons/1' })).statusCode, 404)
})
