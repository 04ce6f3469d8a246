/** Where payers scan, open, pay and cancel. What they decide is always a press on a button. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import QRCode from 'qrcode'
import type { Sandbox } from '../parts.ts'
import { type BridgeParams, checkBridge } from '../wechat/bridge.ts'
import { cashierPage, messagePage, phonePage, standardPage, type Way } from './pages.ts'
import { couponFor, findPayable, listPayables, type Payable } from './payable.ts'
import { type Words, wordsFor } from './words.ts'

const PAGE = 30
const PAID_SHOWN = 8
const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

export function cashierRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { world } = sandbox

  function show(reply: FastifyReply, text: string, status = 200) {
    return reply
      .code(status)
      .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      .type('text/html; charset=utf-8')
      .send(text)
  }

  const unknown = (reply: FastifyReply, words: Words) =>
    show(reply, messagePage(words, 'bad', words.unknownCode, words.unknownCodeNote), 404)

  /** Opens the cashier for a code, as a phone does that scanned it. */
  function openCashier(reply: FastifyReply, words: Words, code: string, way: Way) {
    const payable = findPayable(sandbox, code)
    if (!payable) return unknown(reply, words)
    if (!payable.obstacle) payable.scan()
    return show(reply, cashierPage(words, payable, { ...way, back: way.back ?? payable.returnUrl() }))
  }

  for (const [name, type] of Object.entries({ 'cashier.css': 'text/css', 'cashier.js': 'text/javascript' }))
    app.get(`/cashier/${name}`, async (_request, reply) =>
      reply.type(`${type}; charset=utf-8`).send(await readFile(new URL(name, import.meta.url))),
    )

  const listed = (page: number) => listPayables(sandbox, page, PAGE, PAID_SHOWN)
  const pageOf = (request: FastifyRequest) => Math.max(1, Math.min(1000, Number(queryOf(request).page) || 1))

  app.get('/', async (request, reply) => {
    const list = listed(pageOf(request))
    return show(reply, phonePage(wordsOf(request), list, pageOf(request), fingerprint([...list.waiting, ...list.paid])))
  })

  app.get('/cashier/fingerprint', async (request) => {
    const { waiting, paid } = listed(pageOf(request))
    return { fingerprint: fingerprint([...waiting, ...paid]) }
  })

  app.get('/scan', async (request, reply) =>
    openCashier(reply, wordsOf(request), (queryOf(request).code ?? '').trim(), {}),
  )

  app.get('/cgi-bin/mmpayweb-bin/checkmweb', async (request, reply) => {
    const { prepay_id: code = '', redirect_url: back } = queryOf(request)
    return openCashier(reply, wordsOf(request), code, { back: webAddress(back) })
  })

  app.get('/alipay/standard', async (request, reply) => {
    const words = wordsOf(request)
    const payable = findPayable(sandbox, queryOf(request).code ?? '')
    if (!payable) return unknown(reply, words)
    const address = `${world.pagesUrl}/scan?code=${encodeURIComponent(payable.code)}`
    const qr = await QRCode.toString(address, { type: 'svg', margin: 2 })
    return show(reply, standardPage(words, payable, qr))
  })

  app.get('/alipay/refused', async (request, reply) => {
    const words = wordsOf(request)
    const { sub_code: code = '', sub_msg: message = '' } = queryOf(request)
    return show(reply, messagePage(words, 'bad', words.badRequest, `${message}（${code}）`), 400)
  })

  app.get('/bridge', async (request, reply) => {
    const words = wordsOf(request)
    const query = queryOf(request)
    const checked = checkBridge(world, query as BridgeParams)
    if ('wrong' in checked)
      return show(reply, messagePage(words, 'bad', words.badBridge, words.badBridgeNote + checked.wrong), 400)
    return openCashier(reply, words, checked.prepayId, { back: webAddress(query.redirect_url), bridge: true })
  })

  app.get('/cashier/state', async (request, reply) => {
    const payable = findPayable(sandbox, queryOf(request).code ?? '')
    if (!payable) return reply.code(404).send({ state: 'unknown' })
    const onward = payable.obstacle === 'paid' ? payable.returnUrl() : undefined
    return { state: payable.obstacle ?? 'waiting', onward }
  })

  app.post('/cashier/act', async (request, reply) => {
    const words = wordsOf(request)
    const form = Object.fromEntries(new URLSearchParams(String(request.body ?? '')))
    if (!sameOrigin(request)) return show(reply, messagePage(words, 'bad', words.badRequest, ''), 403)
    const payable = findPayable(sandbox, form.code ?? '')
    if (!payable) return unknown(reply, words)
    const way = { back: webAddress(form.back), bridge: form.bridge === 'true' }
    if (payable.obstacle) return show(reply, cashierPage(words, payable, way))
    const pays = form.action === 'pay' || form.action === 'coupon'
    if (pays) payable.pay(form.action === 'coupon' ? couponFor(payable.totalFen) : 0)
    const back = wayBack(way, pays)
    const page = pays
      ? messagePage(words, 'good', words.done, words.doneNote, back, back)
      : messagePage(words, 'calm', words.cancelled, words.cancelledNote, back, back)
    return show(reply, page)
  })
}

/** The bridge tells the page how it went; what it says is a hint, as WeChat's is. */
function wayBack({ back, bridge }: Way, paid: boolean): string | undefined {
  if (back === undefined || !bridge) return back
  const url = new URL(back)
  url.searchParams.set('err_msg', `get_brand_wcpay_request:${paid ? 'ok' : 'cancel'}`)
  return url.href
}

const queryOf = (request: FastifyRequest) => request.query as Record<string, string | undefined>
const wordsOf = ({ headers }: FastifyRequest): Words => wordsFor(headers['accept-language'])

const webAddress = (text: string | undefined): string | undefined =>
  text && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : undefined

/** Another site's page must not press the button. */
const sameOrigin = ({ headers }: FastifyRequest): boolean =>
  headers.origin === undefined || (URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host)

const fingerprint = (payables: Payable[]): string =>
  createHash('sha1')
    .update(payables.map(({ code, obstacle, refundedFen }) => `${code} ${obstacle} ${refundedFen}`).join('\n'))
    .digest('hex')
