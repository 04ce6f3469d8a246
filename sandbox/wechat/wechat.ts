/** WeChat Pay v3 as a merchant's server meets it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, giveAnswer } from '../answer.ts'
import { DAY_MS, rfc3339 } from '../beijing.ts'
import type { Collection } from '../journal.ts'
import type { WechatMerchant } from '../keys.ts'
import type { World } from '../world.ts'
import { Authorization } from './authorization.ts'
import { Bills } from './bills.ts'
import { WechatError } from './errors.ts'
import { paymentNotice, refundNotice } from './notices.ts'
import { Refunds, type Settlement } from './refunds.ts'
import { seal, signedHeaders } from './signing.ts'
import type { WechatRefund, WechatTrade } from './trade.ts'
import { type Product, Transactions } from './transactions.ts'

type Call = {
  merchant: WechatMerchant
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
  /** Done once the answer is on its way. */
  afterwards(work: () => void): void
}
type Handler = (call: Call) => object | Buffer | undefined

export type Wechat = ReturnType<typeof createWechat>

export function createWechat(world: World, trades: Collection<WechatTrade>, refundsKept: Collection<WechatRefund>) {
  const transactions = new Transactions(world, trades)
  const refunds = new Refunds(world, transactions, refundsKept)
  const bills = new Bills(world, transactions, refunds)
  const authorization = new Authorization(world)

  /** Ends a refund, and tells the merchant. */
  function settleRefund(refund: WechatRefund, state: Settlement) {
    if (!refunds.settle(refund, state)) return undefined
    return world.notices.send(refundNotice(world, refund, refunds.tradeOf(refund)))
  }

  /** The payer pays, and the merchant is told. */
  function pay(trade: WechatTrade, couponFen: number) {
    return world.notices.send(paymentNotice(world, transactions.pay(trade, couponFen)))
  }

  function applyForRefund({ merchant, body, afterwards }: Call): object {
    const { refund, started } = refunds.apply(merchant, body)
    const ending = started ? endOf(world) : undefined
    if (ending) afterwards(() => void settleRefund(refund, ending))
    return refunds.body(refund)
  }

  const place =
    (product: Product): Handler =>
    ({ merchant, body }) =>
      transactions.place(merchant, product, body)

  const asked = ({ merchant, query }: Call): WechatMerchant => {
    if (query.get('mchid') !== merchant.mchid) throw new WechatError(400, 'PARAM_ERROR', '商户号有误')
    return merchant
  }

  const transactionsPath = '/v3/pay/transactions'
  const routes: [api: string, method: 'GET' | 'POST', path: string, handler: Handler][] = [
    ['native', 'POST', `${transactionsPath}/native`, place('native')],
    ['jsapi', 'POST', `${transactionsPath}/jsapi`, place('jsapi')],
    ['h5', 'POST', `${transactionsPath}/h5`, place('h5')],
    [
      ...(['query', 'GET', `${transactionsPath}/out-trade-no/:number`] as const),
      (call) => transactions.body(transactions.byNumber(asked(call), call.params.number!)),
    ],
    [
      ...(['query', 'GET', `${transactionsPath}/id/:number`] as const),
      (call) => transactions.body(transactions.byTransactionId(asked(call), call.params.number!)),
    ],
    [
      ...(['close', 'POST', `${transactionsPath}/out-trade-no/:number/close`] as const),
      ({ merchant, params, body }) => void transactions.close(merchant, params.number!, body),
    ],
    ['refund', 'POST', '/v3/refund/domestic/refunds', applyForRefund],
    [
      ...(['refundQuery', 'GET', '/v3/refund/domestic/refunds/:number'] as const),
      ({ merchant, params }) => refunds.body(refunds.byNumber(merchant, params.number!)),
    ],
    ['certificates', 'GET', '/v3/certificates', ({ merchant }) => certificates(world, merchant)],
    ['tradebill', 'GET', '/v3/bill/tradebill', ({ merchant, query }) => bills.apply(merchant, query)],
    ['billdownload', 'GET', '/v3/billdownload/file', ({ merchant, query }) => bills.download(merchant, query)],
  ]

  function mount(app: FastifyInstance): void {
    for (const [api, method, url, handler] of routes)
      app.route({ method, url, handler: (request, reply) => serve(request, reply, api, handler) })
    app.all('/v3/*', (request, reply) => serve(request, reply, 'unknown', unknownAddress))
  }

  async function serve(request: FastifyRequest, reply: FastifyReply, api: string, handler: Handler): Promise<void> {
    const place = { provider: 'wechat', on: 'answer', api } as const
    const body = typeof request.body === 'string' ? request.body : ''
    const wantedSerial = String(request.headers['wechatpay-serial'] ?? '')
    const sign = (status: number, text: string): Answer => ({
      status,
      headers: { ...signedHeaders(world, text, place, wantedSerial), ...(text ? JSON_TYPE : {}) },
      body: text,
    })
    const refuse = ({ status, code, message, detail }: WechatError): Answer => ({
      ...sign(status, JSON.stringify({ code, message, ...(detail ? { detail } : {}) })),
      code,
    })
    const later: (() => void)[] = []
    const params = request.params as Record<string, string>
    const answer = (): Answer => {
      try {
        const authorizationHeader = String(request.headers.authorization ?? '')
        const signed = { method: request.method, url: request.url, authorization: authorizationHeader, body }
        const merchant = authorization.check(signed)
        const query = new URL(request.url, 'http://sandbox').searchParams
        const call = {
          merchant,
          params,
          query,
          body: readJson(body),
          afterwards: (work: () => void) => later.push(work),
        }
        const result = handler(call)
        // The one answer that is not signed: what is downloaded is checked by its hash.
        if (Buffer.isBuffer(result)) return { status: 200, headers: { 'content-type': 'text/plain' }, body: result }
        return result ? sign(200, JSON.stringify(result)) : sign(204, '')
      } catch (error) {
        if (error instanceof WechatError) return refuse(error)
        throw error
      }
    }
    const named = (given: Answer): Answer => ({ ...given, outTradeNo: params.number ?? numberIn(body) })
    await giveAnswer(world, reply, {
      place,
      answer: () => named(answer()),
      broken: () => refuse(new WechatError(500, 'SYSTEM_ERROR', '系统异常，请用相同参数重新调用')),
    })
    for (const work of later) work()
  }

  return { transactions, refunds, pay, settleRefund, mount }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

function readJson(body: string): unknown {
  try {
    return body ? JSON.parse(body) : {}
  } catch {
    throw new WechatError(400, 'PARAM_ERROR', '请求体不是合法的JSON')
  }
}

const numberIn = (body: string): string | undefined => /"out_trade_no":"([^"]{1,64})"/.exec(body)?.[1]

const unknownAddress: Handler = () => {
  throw new WechatError(404, 'NOT_FOUND', '请求的接口不存在')
}

function certificates({ options, keys, clock }: World, merchant: WechatMerchant): object {
  const { certificate, serial } = keys.wechat.platform
  if (options.wechatMode === 'pubkey')
    throw new WechatError(404, 'RESOURCE_NOT_EXISTS', '无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。')
  return {
    data: [
      {
        serial_no: serial,
        effective_time: rfc3339(clock.now() - DAY_MS),
        expire_time: rfc3339(clock.now() + 5 * 365 * DAY_MS),
        encrypt_certificate: seal(certificate, merchant.apiV3Key, 'certificate'),
      },
    ],
  }
}

/** How a refund ends by itself; undefined: when it is told to. */
function endOf({ faults }: World): Settlement | undefined {
  const place = { provider: 'wechat', on: 'answer', api: 'refund' } as const
  if (faults.take('asyncRefund', place)) return undefined
  if (faults.take('refundAbnormal', place)) return 'ABNORMAL'
  if (faults.take('refundClosed', place)) return 'CLOSED'
  return 'SUCCESS'
}
