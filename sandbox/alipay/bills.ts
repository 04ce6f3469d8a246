/** The bill of a day: a zip of two CSV files in GBK, one line per payment and refund, and their sums. */
import { zipSync } from 'fflate'
import { DAY_MS, date, dateTime, hour, isDate, startOf } from '../beijing.ts'
import type { FaultName } from '../faults.ts'
import type { AlipayMerchant } from '../keys.ts'
import { yuan } from '../money.ts'
import { digits, hex } from '../random.ts'
import type { World } from '../world.ts'
import { AlipayError } from './errors.ts'
import { encodeGbk } from './gbk.ts'
import type { AlipayRefund, AlipayTrade } from './trade.ts'
import type { AlipayTransactions, BizContent } from './transactions.ts'

const READY_AT_HOUR = 9
const DOWNLOADABLE_MS = 30_000
const FEE_RATE = 0.006
const METHOD = 'alipay.data.dataservice.bill.downloadurl.query'

const columns = [
  ...['支付宝交易号', '商户订单号', '业务类型', '商品名称', '创建时间', '完成时间', '门店编号', '门店名称', '操作员'],
  ...['终端号', '对方账户', '订单金额（元）', '商家实收（元）', '支付宝红包（元）', '集分宝（元）', '支付宝优惠（元）'],
  ...['商家优惠（元）', '券核销金额（元）', '券名称', '商家红包消费金额（元）', '卡消费金额（元）'],
  ...['退款批次号/请求号', '服务费（元）', '分润（元）', '备注'],
]

type Line = { trade: AlipayTrade; refund?: AlipayRefund }

export class AlipayBills {
  readonly #world: World
  readonly #transactions: AlipayTransactions
  readonly #stored = new Map<string, { file: Buffer; expiresAt: number }>()

  constructor(world: World, transactions: AlipayTransactions) {
    this.#world = world
    this.#transactions = transactions
  }

  apply(merchant: AlipayMerchant, biz: BizContent): object {
    const day = String(biz.bill_date ?? '')
    if (!['trade', 'signcustomer'].includes(String(biz.bill_type)) || !isDate(day))
      throw new AlipayError('40002', 'isv.invalid-arguments', '参数有误')
    this.#checkReady(day)
    const lines = this.#linesOf(merchant, day)
    if (lines.length === 0) throw noBill()
    const name = `${merchant.sellerId}0156_${day.replaceAll('-', '')}`
    const files = {
      [`${name}_业务明细.csv`]: encodeGbk(this.#details(merchant, day, lines)),
      [`${name}_业务明细(汇总).csv`]: encodeGbk(summary(merchant, day, lines)),
    }
    const file = Buffer.from(zipSync(files))
    const whole = !this.#take('billTamper')
    const token = hex(48)
    this.#stored.set(token, {
      file: whole ? file : file.subarray(0, file.length / 2),
      expiresAt: this.#world.clock.now() + DOWNLOADABLE_MS,
    })
    const address = `${this.#world.pagesUrl}/downloadBill?token=${token}&bizType=${String(biz.bill_type)}`
    return { bill_download_url: address, bill_file_code: digits(16) }
  }

  /** The address itself is the permission. */
  download(token: string): Buffer | undefined {
    const stored = this.#stored.get(token)
    return stored && stored.expiresAt >= this.#world.clock.now() ? stored.file : undefined
  }

  #checkReady(day: string): void {
    const now = this.#world.clock.now()
    const ageDays = (startOf(date(now)) - startOf(day)) / DAY_MS
    if (ageDays < 1 || (ageDays === 1 && hour(now) < READY_AT_HOUR)) throw noBill()
  }

  #linesOf(merchant: AlipayMerchant, day: string): Line[] {
    const on = (at: number | undefined) => at !== undefined && date(at) === day
    const trades = this.#transactions.trades.filter(({ appId }) => appId === merchant.appId)
    const payments: Line[] = trades.filter(({ paidAt }) => on(paidAt)).map((trade) => ({ trade }))
    const refunds: Line[] = trades.flatMap((trade) =>
      trade.refunds.filter(({ state, at }) => state === 'SUCCESS' && on(at)).map((refund) => ({ trade, refund })),
    )
    return [...payments, ...refunds]
  }

  #details({ sellerId }: AlipayMerchant, day: string, lines: Line[]): string {
    const shown = this.#take('billDropRow') ? lines.slice(0, -1) : lines
    const rows = shown.map(row)
    const tamper = this.#take('billAmountTamper')
    if (tamper && rows[0]) rows[0][columns.indexOf('订单金额（元）')] = String(tamper.value ?? '0.01')
    const payments = shown.filter(({ refund }) => !refund)
    const refunds = shown.filter(({ refund }) => refund)
    const ends = `[${longDate(startOf(day))}]   终止日期：[${longDate(startOf(day) + DAY_MS)}]`
    return [
      '#支付宝业务明细查询',
      `#账号：[${sellerId}0156]`,
      `#起始日期：${ends}`,
      '#-----------------------------------------业务明细列表----------------------------------------',
      columns.join(','),
      ...rows.map((values) => values.join(',')),
      '#-----------------------------------------业务明细列表结束------------------------------------',
      `#交易合计：${payments.length}笔，商家实收共${total(payments)}元，商家优惠共0.00元`,
      `#退款合计：${refunds.length}笔，商家实收退款共${total(refunds)}元，商家优惠退款共0.00元`,
      `#导出时间：[${longDate(this.#world.clock.now())}]`,
      '',
    ].join('\r\n')
  }

  #take(name: FaultName) {
    return this.#world.faults.take(name, { provider: 'alipay', on: 'answer', api: METHOD })
  }
}

const noBill = () => new AlipayError('40004', 'isp.bill_not_exist', '账单不存在')

const amountOf = ({ trade, refund }: Line): number => (refund ? -refund.amountFen : trade.totalFen)
const total = (lines: Line[]): string => yuan(lines.reduce((sum, line) => sum + amountOf(line), 0))

/** 2026年01月31日 09:30:00 */
function longDate(at: number): string {
  const [day, time] = dateTime(at).split(' ')
  const [year, month, date] = day!.split('-')
  return `${year}年${month}月${date}日 ${time}`
}

/** A comma would end the value; numbers are followed by a tab, so that a spreadsheet keeps them whole. */
function row({ trade, refund }: Line): string[] {
  const amount = amountOf({ trade, ...(refund ? { refund } : {}) })
  const coupon = refund ? 0 : trade.couponFen
  return [
    ...[`${trade.tradeNo}\t`, `${trade.outTradeNo}\t`, refund ? '退款' : '交易', trade.subject.replaceAll(',', ' ')],
    ...[dateTime(trade.scannedAt!), dateTime(refund?.at ?? trade.paidAt!), '', '', '', ''],
    ...['*沙箱(san***@sandbox.com)', yuan(amount), yuan(amount), '0.00', '0.00', yuan(coupon), '0.00', '0.00', ''],
    ...['0.00', '0.00', refund ? `${refund.outRequestNo}\t` : '', yuan(Math.round(-amount * FEE_RATE)), '0.00', ''],
  ]
}

function summary({ sellerId }: AlipayMerchant, day: string, lines: Line[]): string {
  const payments = lines.filter(({ refund }) => !refund)
  const fees = lines.reduce((sum, line) => sum + Math.round(-amountOf(line) * FEE_RATE), 0)
  const counts = [String(payments.length), String(lines.length - payments.length)]
  return [
    '#支付宝业务汇总查询',
    `#账号：[${sellerId}0156]`,
    `#起始日期：[${longDate(startOf(day))}]   终止日期：[${longDate(startOf(day) + DAY_MS)}]`,
    '门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）',
    ['合计', '', ...counts, total(lines), total(lines), '0.00', '0.00', '0.00', yuan(fees), '0.00', total(lines)].join(
      ',',
    ),
    '',
  ].join('\r\n')
}
