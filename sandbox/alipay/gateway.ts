/** Alipay's gateway 2.0 as a merchant's server and a payer's browser meet it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Answer, giveAnswer } from '../answer.ts'
import { dateTime, readDateTime } from '../beijing.ts'
import type { Collection } from '../journal.ts'
import type { AlipayMerchant } from '../keys.ts'
import { yuan } from '../money.ts'
import { hex } from '../random.ts'
import { merchantsOf, type World } from '../world.ts'
import { AlipayBills } from './bills.ts'
import { AlipayError, errorBody, invalid } from './errors.ts'
import { tradeNotice } from './notices.ts'
import { signedText, signRsa2, verifyRsa2 } from './signing.ts'
import {
  type AlipayProduct,
  type AlipayRefund,
  type AlipayTrade,
  named,
  queryBody,
  refundAnswer,
  refundedFen,
} from './trade.ts'
import { AlipayTransactions, type BizContent } from './transactions.ts'

const TIMESTAMP_TOLERANCE_MS = 15 * 60_000

type Params = Record<string, string>
type Call = {
  merchant: AlipayMerchant
  params: Params
  biz: BizContent
  /** Done once the answer is on its way. */
  afterwards(work: () => void): void
}
/** Where the payer's browser goes on. */
type Onward = { location: string }
type Handler = (call: Call) => object | Onward

export type Alipay = ReturnType<typeof createAlipay>

export function createAlipay(world: World, trades: Collection<AlipayTrade>) {
  const transactions = new AlipayTransactions(world, trades)
  const bills = new AlipayBills(world, transactions)

  async function tell(trade: AlipayTrade, refund?: AlipayRefund) {
    const notice = tradeNotice(world, trade, refund)
    return notice && world.notices.send(notice)
  }

  /** The payer pays, and the merchant is told. */
  const pay = (trade: AlipayTrade, couponFen: number) => tell(transactions.pay(trade, couponFen))

  /** Ends a refund that was left open. */
  async function settleRefund(trade: AlipayTrade, refund: AlipayRefund, state: 'SUCCESS' | 'FAILED') {
    if (!transactions.settle(trade, refund, state) || state === 'FAILED') return undefined
    return tell(trade, refund)
  }

  function offer(product: AlipayProduct, { merchant, params, biz }: Call) {
    const addresses = { notifyUrl: params.notify_url ?? '', returnUrl: params.return_url ?? '' }
    return transactions.offer(merchant, product, biz, addresses)
  }

  function close({ merchant, biz, afterwards }: Call): object {
    const trade = transactions.close(transactions.find(merchant, biz))
    afterwards(() => void tell(trade))
    return named(trade)
  }

  function refund({ merchant, biz, afterwards }: Call): object {
    const place = { provider: 'alipay', on: 'answer', api: 'alipay.trade.refund' } as const
    const trade = transactions.find(merchant, biz)
    const { refund, started } = transactions.refund(trade, biz)
    const { faults, clock } = world
    if (!started || faults.take('asyncRefund', place)) return refundAnswer(trade, false, clock.now())
    const fails = faults.take('refundClosed', place) ?? faults.take('refundAbnormal', place)
    transactions.settle(trade, refund, fails ? 'FAILED' : 'SUCCESS')
    if (fails) return refundAnswer(trade, false, clock.now())
    afterwards(() => void tell(trade, refund))
    return refundAnswer(trade, true, clock.now())
  }

  function queryRefund({ merchant, biz }: Call): object {
    const trade = transactions.find(merchant, biz)
    const refund = trade.refunds.findLast(({ outRequestNo }) => outRequestNo === biz.out_request_no)
    if (!refund || refund.state === 'FAILED') return {}
    const paidBack = refund.state === 'SUCCESS'
    const wantsTime = paidBack && [biz.query_options].flat().includes('gmt_refund_pay')
    return {
      ...named(trade),
      out_request_no: refund.outRequestNo,
      total_amount: yuan(trade.totalFen),
      refund_amount: yuan(refund.amountFen),
      ...(paidBack ? { refund_status: 'REFUND_SUCCESS' } : {}),
      ...(wantsTime ? { gmt_refund_pay: dateTime(refund.at) } : {}),
    }
  }

  const handlers: Record<string, Handler> = {
    'alipay.trade.precreate': (call) => {
      const { trade, code } = offer('qr', call)
      return { out_trade_no: trade.outTradeNo, qr_code: code }
    },
    'alipay.trade.page.pay': (call) => ({
      location: `${world.pagesUrl}/alipay/standard?code=${encodeURIComponent(offer('page', call).code)}`,
    }),
    'alipay.trade.wap.pay': (call) => ({
      location: `${world.pagesUrl}/scan?code=${encodeURIComponent(offer('wap', call).code)}`,
    }),
    'alipay.trade.query': ({ merchant, biz }) => queryBody(transactions.find(merchant, biz)),
    'alipay.trade.close': close,
    'alipay.trade.refund': refund,
    'alipay.trade.fastpay.refund.query': queryRefund,
    'alipay.data.dataservice.bill.downloadurl.query': ({ merchant, biz }) => bills.apply(merchant, biz),
  }

  async function serve(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const query = new URL(request.url, 'http://sandbox').searchParams
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
    const params: Params = Object.fromEntries([...query, ...form])
    const method = params.method ?? ''
    const place = { provider: 'alipay', on: 'answer', api: method } as const
    const later: (() => void)[] = []
    const answer = (): Answer => {
      if (world.faults.take('errorResponse', place)) return unsigned(SYSTEM_BUSY)
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
      const merchant = merchantsOf(world).find(({ alipay }) => alipay.appId === params.app_id)?.alipay
      if (!merchant) return unsigned(new AlipayError('40002', 'isv.invalid-app-id', '无效的AppID参数'))
      if (!handler) return unsigned(new AlipayError('40002', 'isv.invalid-method', '不存在的方法名'))
      try {
        checkRequest(world, merchant, params)
        const biz = readContent(params.biz_content)
        const result = handler({ merchant, params, biz, afterwards: (work) => later.push(work) })
        if ('location' in result) return { status: 302, headers: { location: String(result.location) }, body: '' }
        return signed(world, method, { code: '10000', msg: 'Success', ...result })
      } catch (error) {
        if (!(error instanceof AlipayError)) throw error
        const refused = pageMethods.has(method) ? refusalPage(world, error) : signed(world, method, errorBody(error))
        return { ...refused, code: error.subCode }
      }
    }
    const outTradeNo = /"out_trade_no":"([^"]{1,64})"/.exec(params.biz_content ?? '')?.[1]
    await giveAnswer(world, reply, {
      place,
      answer: () => ({ ...answer(), outTradeNo }),
      broken: () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502 Bad Gateway</html>' }),
    })
    for (const work of later) work()
  }

  function mount(app: FastifyInstance): void {
    app.route({ method: ['GET', 'POST'], url: '/gateway.do', handler: serve })
    app.get<{ Querystring: { token?: string } }>('/downloadBill', async ({ query }, reply) => {
      const file = bills.download(query.token ?? '')
      if (!file) return reply.code(403).type('text/html').send('<html>链接已失效</html>')
      return reply.type('application/octet-stream').send(file)
    })
  }

  return { transactions, pay, settleRefund, refundedFen, mount }
}

const pageMethods = new Set(['alipay.trade.page.pay', 'alipay.trade.wap.pay'])

/** A payer's browser is shown a page instead of an answer. */
function refusalPage({ pagesUrl }: World, { subCode, message }: AlipayError): Answer {
  const query = new URLSearchParams({ sub_code: subCode, sub_msg: message.slice(0, 200) })
  return { status: 302, headers: { location: `${pagesUrl}/alipay/refused?${query}` }, body: '' }
}

const SYSTEM_BUSY = new AlipayError('20000', 'isp.unknow-error', '系统繁忙')
const headers = () => ({ 'content-type': 'text/html;charset=utf-8', trace_id: hex(32) })

/** Slashes are escaped on this wire; the signature covers the text as it is sent. */
const write = (body: object): string => JSON.stringify(body).replaceAll('/', '\\/')

function signed({ faults, keys }: World, method: string, body: object): Answer {
  const place = { provider: 'alipay', on: 'answer', api: method } as const
  const text = write(body)
  const key = `${method.replaceAll('.', '_')}_response`
  if (faults.take('unsigned', place)) return { status: 200, headers: headers(), body: `{"${key}":${text}}` }
  const sign = signRsa2(faults.take('badSignature', place) ? `${text} ` : text, keys.alipay.privateKey)
  return { status: 200, headers: headers(), body: `{"${key}":${text},"sign":"${sign}"}` }
}

const unsigned = (error: AlipayError): Answer => ({
  status: 200,
  headers: headers(),
  body: `{"error_response":${write(errorBody(error))}}`,
  code: error.subCode,
})

function checkRequest({ clock }: World, merchant: AlipayMerchant, params: Params): void {
  if (params.sign_type !== 'RSA2') throw new AlipayError('40002', 'isv.invalid-signature-type', '无效的签名类型')
  const text = signedText(params, ['sign'])
  if (!verifyRsa2(text, merchant.publicKey, params.sign ?? ''))
    throw new AlipayError(
      '40002',
      'isv.invalid-signature',
      `验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配，网关生成的验签字符串为：${text}`,
    )
  const at = readDateTime(params.timestamp ?? '')
  if (!(Math.abs(at - clock.wireMs()) <= TIMESTAMP_TOLERANCE_MS))
    throw new AlipayError('40002', 'isv.invalid-timestamp', '非法的时间戳参数')
}

function readContent(text = '{}'): BizContent {
  try {
    const content: unknown = JSON.parse(text)
    if (content && typeof content === 'object') return content as BizContent
  } catch {
    throw invalid('biz_content')
  }
  throw invalid('biz_content')
}
