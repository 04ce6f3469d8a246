/** The trade bill of a day: a CSV file in yuan with a backtick before every value, and its hash. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { DAY_MS, date, dateTime, hour, isDate, startOf } from '../beijing.ts'
import type { FaultName } from '../faults.ts'
import type { WechatMerchant } from '../keys.ts'
import { yuan } from '../money.ts'
import { hex } from '../random.ts'
import type { World } from '../world.ts'
import { WechatError } from './errors.ts'
import type { Refunds } from './refunds.ts'
import { isPaid, type WechatRefund, type WechatTrade } from './trade.ts'
import type { Transactions } from './transactions.ts'

const READY_AT_HOUR = 10
const KEPT_DAYS = 92
const DOWNLOADABLE_MS = 5 * 60_000
const FEE_RATE = 0.006

const columns = [
  ...['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号', '用户标识'],
  ...['交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额', '微信退款单号', '商户退款单号'],
  ...['退款金额', '充值券退款金额', '退款类型', '退款状态', '商品名称', '商户数据包', '手续费', '费率', '订单金额'],
  ...['申请退款金额', '费率备注'],
] as const
type Column = (typeof columns)[number]
type Row = Record<Column, string>

const aboutRefunds: Column[] = [
  ...(['微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态', '申请退款金额'] as const),
]

const BILL_TYPES = ['ALL', 'SUCCESS', 'REFUND'] as const
type BillType = (typeof BILL_TYPES)[number]

type Stored = { file: Buffer; mchid: string; expiresAt: number }

export class Bills {
  readonly #world: World
  readonly #transactions: Transactions
  readonly #refunds: Refunds
  readonly #stored = new Map<string, Stored>()

  constructor(world: World, transactions: Transactions, refunds: Refunds) {
    this.#world = world
    this.#transactions = transactions
    this.#refunds = refunds
  }

  /** The hash is of the file before it is packed. */
  apply(merchant: WechatMerchant, query: URLSearchParams): object {
    const day = query.get('bill_date') ?? ''
    const type = BILL_TYPES.find((each) => each === (query.get('bill_type') ?? 'ALL'))
    const packed = query.get('tar_type')
    if (!type || !isDate(day) || (packed !== null && packed !== 'GZIP'))
      throw new WechatError(400, 'PARAM_ERROR', '参数错误')
    this.#checkReady(day)
    const text = this.#write(merchant, day, type)
    const { file, hash } = this.#spoil(text)
    const token = hex(48)
    const expiresAt = this.#world.clock.now() + DOWNLOADABLE_MS
    this.#stored.set(token, { file: packed ? gzipSync(file) : Buffer.from(file), mchid: merchant.mchid, expiresAt })
    const address = `https://api.mch.weixin.qq.com/v3/billdownload/file?token=${token}`
    return {
      hash_type: 'SHA1',
      hash_value: hash,
      download_url: packed ? `${address}&tartype=gzip` : address,
    }
  }

  download(merchant: WechatMerchant, query: URLSearchParams): Buffer {
    const stored = this.#stored.get(query.get('token') ?? '')
    if (!stored || stored.mchid !== merchant.mchid || stored.expiresAt < this.#world.clock.now())
      throw new WechatError(400, 'PARAM_ERROR', 'token不合法或已过期')
    return stored.file
  }

  #checkReady(day: string): void {
    const now = this.#world.clock.now()
    const ageDays = (startOf(date(now)) - startOf(day)) / DAY_MS
    if (ageDays < 1) throw new WechatError(400, 'INVALID_REQUEST', '账单日期不能晚于昨日')
    if (ageDays > KEPT_DAYS) throw new WechatError(400, 'INVALID_REQUEST', '只能下载三个月以内的账单')
    if (ageDays === 1 && hour(now) < READY_AT_HOUR)
      throw new WechatError(400, 'STATEMENT_CREATING', '账单文件正在生成，请稍后再试')
  }

  #write(merchant: WechatMerchant, day: string, type: BillType): string {
    const on = (at: number | undefined) => at !== undefined && date(at) === day
    const trades = this.#transactions.trades.filter(
      (trade) => trade.mchid === merchant.mchid && isPaid(trade) && on(trade.paidAt),
    )
    const refunds = this.#refunds.refunds.filter(
      (refund) => refund.mchid === merchant.mchid && refund.state === 'SUCCESS' && on(refund.settledAt),
    )
    const listed = { trades: type === 'REFUND' ? [] : trades, refunds: type === 'SUCCESS' ? [] : refunds }
    const rows = [
      ...listed.trades.map(tradeRow),
      ...listed.refunds.map((refund) => refundRow(refund, this.#refunds.tradeOf(refund))),
    ]
    if (rows.length === 0) throw new WechatError(400, 'NO_STATEMENT_EXIST', '账单文件不存在')
    if (this.#take('billDropRow')) rows.pop()
    const tamper = this.#take('billAmountTamper')
    if (tamper) Object.assign(rows[0]!, { 订单金额: String(tamper.value ?? '0.01') })
    return table(rows, type)
  }

  /** A tampered file no longer has the hash that it is announced with. */
  #spoil(text: string): { file: string; hash: string } {
    const hash = createHash('sha1').update(text).digest('hex')
    const file = this.#take('billTamper') ? text.replace(/\d(?=[^\d]*$)/, (digit) => String(9 - Number(digit))) : text
    return { file, hash }
  }

  #take(name: FaultName) {
    return this.#world.faults.take(name, { provider: 'wechat', on: 'answer', api: 'tradebill' })
  }
}

function table(rows: Row[], type: BillType): string {
  const shown = columns.filter((column) => type !== 'SUCCESS' || !aboutRefunds.includes(column))
  const line = (values: string[]) => `${values.map((value) => `\`${value}`).join(',')}\r\n`
  const total = (column: Column) => rows.reduce((sum, row) => sum + Number(row[column]), 0)
  const sums: [string, string][] = [
    ['总交易单数', String(rows.length)],
    ['应结订单总金额', total('应结订单金额').toFixed(2)],
    ['退款总金额', total('退款金额').toFixed(2)],
    ['充值券退款总金额', total('充值券退款金额').toFixed(2)],
    ['手续费总金额', total('手续费').toFixed(5)],
    ['订单总金额', total('订单金额').toFixed(2)],
    ['申请退款总金额', total('申请退款金额').toFixed(2)],
  ]
  return [
    `\ufeff${shown.join(',')}\r\n`,
    ...rows.map((row) => line(shown.map((column) => row[column]))),
    `${sums.map(([name]) => name).join(',')}\r\n`,
    line(sums.map(([, value]) => value)),
  ].join('')
}

/** A comma would end the value. */
const plain = (text: string) => text.replaceAll(/[,\r\n]/g, ' ')

function common(trade: WechatTrade): Row {
  return {
    交易时间: dateTime(trade.paidAt!),
    公众账号ID: trade.appid,
    商户号: trade.mchid,
    特约商户号: '0',
    设备号: '',
    微信订单号: trade.transactionId!,
    商户订单号: trade.outTradeNo,
    用户标识: trade.openid,
    交易类型: trade.tradeType,
    交易状态: 'SUCCESS',
    付款银行: 'OTHERS',
    货币种类: 'CNY',
    应结订单金额: yuan(trade.totalFen),
    代金券金额: yuan(trade.couponFen),
    微信退款单号: '0',
    商户退款单号: '0',
    退款金额: '0.00',
    充值券退款金额: '0.00',
    退款类型: '',
    退款状态: '',
    商品名称: plain(trade.description),
    商户数据包: plain(trade.attach),
    手续费: fee(trade.totalFen),
    费率: `${(FEE_RATE * 100).toFixed(2)}%`,
    订单金额: yuan(trade.totalFen),
    申请退款金额: '0.00',
    费率备注: '',
  }
}

const fee = (fen: number) => (Math.round(fen * FEE_RATE) / 100).toFixed(5)

const tradeRow = (trade: WechatTrade): Row => common(trade)

const refundRow = (refund: WechatRefund, trade: WechatTrade): Row => ({
  ...common(trade),
  交易时间: dateTime(refund.settledAt!),
  交易状态: 'REFUND',
  应结订单金额: '0.00',
  代金券金额: '0.00',
  微信退款单号: refund.refundId,
  商户退款单号: refund.outRefundNo,
  退款金额: yuan(refund.refundFen),
  充值券退款金额: yuan(refund.refundFen - refund.payerFen),
  退款类型: 'ORIGINAL',
  退款状态: 'SUCCESS',
  手续费: `-${fee(refund.refundFen)}`,
  订单金额: '0.00',
  申请退款金额: yuan(refund.refundFen),
})
