import t from 'tap'
import { createBusinessApp } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createStore } from '../support/store.ts'

const routes: string[] = []
const store = await createStore(await openTestDatabase(t))
const { orders, payments } = store
const app = await createBusinessApp(store, { routes, orders, payments, files: await openFileSide(t, store) })
t.teardown(() => app.close())

type Operation = {
  summary?: string
  tags?: string[]
  security?: unknown[]
  requestBody?: object
  parameters?: { name: string; in: string }[]
  responses: Record<string, { content?: object }>
}
const paths = app.swagger().paths as Record<string, Record<string, Operation>>
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ line: `${method.toUpperCase()} ${path}`, ...operation })),
)

t.test('the document names every route', async (t) => {
  const documented = operations.map(({ line }) => line.replace(/\{(\w+)\}/g, ':$1'))
  t.ok(routes.length > 20, 'the routes were found')
  t.strictSame(documented.sort(), [...routes].sort())
})

t.test('every route says what it is for, what it takes, and what it answers', async (t) => {
  for (const { line, summary, tags, parameters, requestBody, responses } of operations) {
    t.ok(summary && tags?.length === 1, line)
    const named = [...line.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
    const described = (parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    t.strictSame(described.sort(), named.sort(), `parameters of ${line}`)
    const success = Object.keys(responses).find((status) => status.startsWith('2'))
    t.ok(success && (success === '204' || responses[success]?.content), `answer of ${line}`)
    t.ok(responses['4XX']?.content, `errors of ${line}`)
    if (/^(GET|DELETE)/.test(line)) t.equal(requestBody, undefined, `no body of ${line}`)
  }
})

t.test('all but the ways in say that they need an access token', async (t) => {
  const open = operations.filter(({ security }) => !security).map(({ line }) => line)
  t.strictSame(open.sort(), [
    'GET /api/agreement',
    'GET /api/payment-channels',
    'GET /api/sign-in-ways',
    'GET /api/terms',
    'POST /api/payments/alipay/notice',
    'POST /api/payments/wechat/notice',
    'POST /api/phone-codes',
    'POST /api/session',
    'POST /api/session/password-reset',
    'POST /api/session/phone',
    'POST /api/session/refresh',
    'POST /api/session/wechat',
    'POST /api/session/wechat/leave',
    'POST /api/users',
  ])
})
