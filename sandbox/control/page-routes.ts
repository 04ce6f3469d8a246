/** The control page: opened once with the token in its address, then kept open by a cookie that no other site can use. */
import { timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { Sandbox } from '../parts.ts'
import { controlPage } from './page.ts'
import { FaultBody, SettleRefundBody } from './schema.ts'
import { settleRefund } from './settle.ts'
import { allTrades } from './views.ts'
import { controlWordsFor } from './words.ts'

const SHOWN = 20
const COOKIE = 'sandbox_control'
const POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const faultForm = Compile(FaultBody)
const settleForm = Compile(SettleRefundBody)
const styles = { 'cashier.css': '../cashier/cashier.css', 'control.css': './control.css' }

export function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

export function controlPageRoutes(app: FastifyInstance, sandbox: Sandbox, token: string): void {
  const { world } = sandbox
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries([...new URLSearchParams(String(body))].filter(([, value]) => value !== ''))),
  )

  for (const [name, file] of Object.entries(styles))
    app.get(`/page/${name}`, async (_request, reply) =>
      reply.type('text/css; charset=utf-8').send(await readFile(new URL(file, import.meta.url))),
    )

  app.get<{ Querystring: { token?: string } }>('/', async (request, reply) => {
    const { token: given } = request.query
    if (given !== undefined && sameText(given, token))
      return reply.header('set-cookie', `${COOKIE}=${token}; HttpOnly; SameSite=Strict; Path=/`).redirect('/')
    if (!isKnown(request)) return reply.code(401).type('text/plain').send('open the address with its token')
    const words = controlWordsFor(request.headers['accept-language'])
    const page = controlPage(words, {
      faults: world.faults.list(),
      refunding: allTrades(sandbox).filter(({ refunds }) => refunds.length > 0),
      notices: [...world.noticesKept.values()].reverse().slice(0, SHOWN),
      requests: world.requests.list().reverse().slice(0, SHOWN),
      phoneUrl: world.pagesUrl,
    })
    return reply
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(page)
  })

  const isKnown = ({ headers }: FastifyRequest): boolean => {
    const given = new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? '')?.[1]
    return given !== undefined && sameText(given, token)
  }

  /** A press on the page, which then shows what came of it. */
  function onPress(url: string, work: (form: Record<string, string>) => unknown): void {
    app.post(url, async (request: FastifyRequest, reply: FastifyReply) => {
      if (!isKnown(request)) return reply.code(401).send()
      await work((request.body ?? {}) as Record<string, string>)
      return reply.redirect('/', 303)
    })
  }

  onPress('/page/faults', ({ times, value, ...form }) => {
    const number = value !== undefined && /^\d+$/.test(value) ? Number(value) : value
    const fault = { ...form, times: times ? Number(times) : null, ...(number === undefined ? {} : { value: number }) }
    if (faultForm.Check(fault)) world.faults.order({ ...fault, times: fault.times ?? null })
  })
  onPress('/page/clear', ({ id }) => world.faults.clear(id === undefined ? undefined : Number(id)))
  onPress('/page/settle', async (form) => {
    if (settleForm.Check(form)) await settleRefund(sandbox, form)
  })
}
