/** Alipay's bill of a day: a zip of tables in GBK, in yuan; the one without sums lists every payment and refund. */
import { parse } from 'csv-parse/sync'
import { unzipSync } from 'fflate'
import { beijingMoment, fenOf } from '../../payments/money.ts'
import type { BillLine } from '../../payments/provider.ts'

const MAX_UNPACKED_BYTES = 512 * 1024 * 1024
const FEN_IN_MILLI = 1000

export function readAlipayBill(zip: Buffer): BillLine[] {
  const text = new TextDecoder('gbk', { fatal: true }).decode(detailsIn(zip))
  const rows = parse(text, {
    columns: true,
    comment: '#',
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  })
  const lines = (rows as Record<string, string>[]).flatMap(lineOf)
  checkCounts(text, lines)
  return lines
}

/** The names are in GBK too, so the files are told apart by what is in them. */
function detailsIn(zip: Buffer): Uint8Array {
  const files = unzipSync(zip, { filter: ({ originalSize }) => originalSize <= MAX_UNPACKED_BYTES })
  const details = Object.values(files).find((file) =>
    new TextDecoder('gbk').decode(file.subarray(0, 200)).includes('业务明细查询'),
  )
  if (!details) throw new Error('the bill has no list of payments')
  return details
}

function lineOf(row: Record<string, string>): BillLine[] {
  const read = (column: string) => {
    const value = row[column]
    if (value === undefined) throw new Error(`the bill has no ${column}`)
    return value
  }
  const kind = read('业务类型') === '交易' ? 'payment' : read('业务类型') === '退款' ? 'refund' : undefined
  if (!kind) return []
  const at = beijingMoment(read('完成时间'))
  if (at === undefined) throw new Error('the bill has a time that is none')
  return [
    {
      kind,
      at,
      outTradeNo: read('商户订单号'),
      outRefundNo: kind === 'refund' ? read('退款批次号/请求号') : null,
      providerTxn: read('支付宝交易号'),
      // Refunds are negative here.
      amountFen: fenOf(read('订单金额（元）').replace(/^-/, '')),
      feeMilliFen: feeOf(read('服务费（元）')),
    },
  ]
}

/** Fees are what is taken away: negative for a payment, positive where one is given back. */
function feeOf(yuan: string): number {
  const fen = fenOf(yuan.replace(/^-/, '')) * FEN_IN_MILLI
  return yuan.startsWith('-') ? fen : fen === 0 ? 0 : -fen
}

/** The last lines say how many there are; a bill that was cut short says nothing, or something else. */
function checkCounts(text: string, lines: BillLine[]): void {
  const counted = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN)
  const of = (kind: BillLine['kind']) => lines.filter((line) => line.kind === kind).length
  if (counted(/#交易合计：(\d+)笔/) !== of('payment') || counted(/#退款合计：(\d+)笔/) !== of('refund'))
    throw new Error('the bill does not add up')
}
