/** WeChat Pay's bill of a day: a table with a backtick before every value, in yuan. */
import { createHash } from 'node:crypto'
import { beijingMoment, fenOf } from '../../payments/money.ts'
import type { BillLine } from '../../payments/provider.ts'

/** Throws unless the file is the one that the signed answer announced. */
export function checkHash(file: Buffer, hashType: unknown, hashValue: unknown): void {
  const hash = createHash('sha1').update(file).digest('hex')
  if (hashType !== 'SHA1' || hashValue !== hash) throw new Error('the bill is not the one that was announced')
}

/** Throws where the rows are not as many, or do not add up, as the bill's own last line says. */
export function readWechatBill(file: Buffer): BillLine[] {
  const [head = '', ...lines] = file
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
  const columns = head.split(',')
  const end = lines.findIndex((line) => !line.startsWith('`'))
  const rows = lines.slice(0, end).map((line) => row(columns, line))
  checkSums(rows, row((lines[end] ?? '').split(','), lines[end + 1] ?? ''))
  return rows.flatMap(lineOf)
}

type Row = (column: string) => string

function row(columns: string[], line: string): Row {
  const values = line.slice(1).split(',`')
  const byColumn = new Map(columns.map((column, index) => [column, values[index]]))
  return (column) => {
    const value = byColumn.get(column)
    if (value === undefined) throw new Error(`the bill has no ${column}`)
    return value
  }
}

function checkSums(rows: Row[], sums: Row): void {
  const total = (column: string) => rows.reduce((sum, read) => sum + fenOf(read(column)), 0)
  const right =
    Number(sums('总交易单数')) === rows.length &&
    fenOf(sums('订单总金额')) === total('订单金额') &&
    fenOf(sums('申请退款总金额')) === total('申请退款金额')
  if (!right) throw new Error('the bill does not add up')
}

function lineOf(read: Row): BillLine[] {
  const shared = {
    at: momentOf(read('交易时间')),
    outTradeNo: read('商户订单号'),
    providerTxn: read('微信订单号'),
    feeMilliFen: milliFen(read('手续费')),
  }
  const state = read('交易状态')
  if (state === 'SUCCESS')
    return [{ ...shared, kind: 'payment', outRefundNo: null, amountFen: fenOf(read('订单金额')) }]
  if (state !== 'REFUND' || read('退款状态') !== 'SUCCESS') return []
  return [{ ...shared, kind: 'refund', outRefundNo: read('商户退款单号'), amountFen: fenOf(read('申请退款金额')) }]
}

function momentOf(text: string): number {
  const at = beijingMoment(text)
  if (at === undefined) throw new Error('the bill has a time that is none')
  return at
}

/** `-0.01000` yuan: fees have five places. */
function milliFen(yuan: string): number {
  const [, sign, whole, places = ''] = /^(-?)(\d{1,9})(?:\.(\d{1,5}))?$/.exec(yuan) ?? []
  if (whole === undefined) throw new Error('the bill has a fee that is no amount')
  const value = Number(whole) * 100_000 + Number(places.padEnd(5, '0'))
  return sign ? -value : value
}
