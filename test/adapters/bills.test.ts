/** The bills of a day as they come from the providers, and what is refused as broken. */
import { createHash } from 'node:crypto'
import { zipSync } from 'fflate'
import t from 'tap'
import { encodeGbk } from '../../sandbox/alipay/gbk.ts'
import { readAlipayBill } from '../../src/adapters/alipay/bill.ts'
import { checkHash, readWechatBill } from '../../src/adapters/wechat-pay/bill.ts'

const wechatColumns =
  '交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,商户退款单号,退款状态,商品名称,手续费,订单金额,申请退款金额'
type WechatRow = {
  no: string
  state?: string
  refund?: string
  refundState?: string
  fee: string
  paid?: string
  back?: string
}
const wechatRow = ({
  no,
  state = 'SUCCESS',
  refund = '0',
  refundState = '',
  fee,
  paid = '0.00',
  back = '0.00',
}: WechatRow) =>
  ['2031-05-05 00:00:00', 'wx1', '19', `42${no}`, no, state, refund, refundState, '钢琴  第一课', fee, paid, back]
    .map((value) => `\`${value}`)
    .join(',')

function wechatBill(rows: WechatRow[], sums: string[]) {
  const lines = [`\ufeff${wechatColumns}`, ...rows.map(wechatRow), '总交易单数,订单总金额,申请退款总金额']
  return Buffer.from([...lines, sums.map((sum) => `\`${sum}`).join(','), ''].join('\r\n'))
}
const sold: WechatRow = { no: 'P1', fee: '1.19400', paid: '199.00' }
const back: WechatRow = {
  no: 'P2',
  state: 'REFUND',
  refund: 'R1',
  refundState: 'SUCCESS',
  fee: '-0.05700',
  back: '9.50',
}
const waiting: WechatRow = { ...back, refund: 'R2', refundState: 'PROCESSING', fee: '0.00000' }

t.test('WeChat Pay: payments and refunds in fen, fees in their thousandths', async (t) => {
  t.strictSame(readWechatBill(wechatBill([sold, back], ['2', '199.00', '9.50'])), [
    {
      kind: 'payment',
      at: Date.UTC(2031, 4, 4, 16),
      outTradeNo: 'P1',
      outRefundNo: null,
      providerTxn: '42P1',
      amountFen: 19_900,
      feeMilliFen: 119_400,
    },
    {
      kind: 'refund',
      at: Date.UTC(2031, 4, 4, 16),
      outTradeNo: 'P2',
      outRefundNo: 'R1',
      providerTxn: '42P2',
      amountFen: 950,
      feeMilliFen: -5_700,
    },
  ])
})

t.test('WeChat Pay: a refund on its way has not gone back', async (t) => {
  const lines = readWechatBill(wechatBill([sold, back, waiting], ['3', '199.00', '19.00']))
  t.strictSame(
    lines.flatMap(({ outRefundNo }) => outRefundNo ?? []),
    ['R1'],
  )
})

t.test('WeChat Pay: a bill that was cut short, or whose sums are others, is refused', async (t) => {
  const wrong: [string[], string][] = [
    [['3', '199.00', '9.50'], 'the number of lines'],
    [['2', '199.01', '9.50'], 'what was paid'],
    [['2', '199.00', '0.00'], 'what went back'],
  ]
  for (const [sums, about] of wrong) t.throws(() => readWechatBill(wechatBill([sold, back], sums)), /add up/, about)
  const whole = wechatBill([sold, back], ['2', '199.00', '9.50']).toString()
  t.throws(() => readWechatBill(Buffer.from(whole.slice(0, whole.indexOf('总交易单数')))), /the bill has no/)
  t.throws(() => readWechatBill(Buffer.from('')), /the bill has no/)
  t.throws(() => readWechatBill(wechatBill([{ ...sold, fee: '1,19' }], ['1', '199.00', '0.00'])))
})

t.test('WeChat Pay: the file is the one whose hash was announced, by the one algorithm', async (t) => {
  const file = wechatBill([sold], ['1', '199.00', '0.00'])
  const hash = createHash('sha1').update(file).digest('hex')
  t.doesNotThrow(() => checkHash(file, 'SHA1', hash))
  t.throws(() => checkHash(Buffer.concat([file, Buffer.from(' ')]), 'SHA1', hash), /announced/)
  t.throws(() => checkHash(file, 'MD5', createHash('md5').update(file).digest('hex')), /announced/)
  t.throws(() => checkHash(file, 'SHA1', undefined), /announced/)
})

const alipayColumns = '支付宝交易号,商户订单号,业务类型,商品名称,完成时间,订单金额（元）,退款批次号/请求号,服务费（元）'
type AlipayCounts = { payments?: number; refunds?: number }

function alipayText(rows: string[], { payments = 1, refunds = 1 }: AlipayCounts = {}) {
  return [
    '#支付宝业务明细查询',
    '#账号：[20880156]',
    alipayColumns,
    ...rows,
    '#-----业务明细列表结束----',
    `#交易合计：${payments}笔，商家实收共199.00元，商家优惠共0.00元`,
    `#退款合计：${refunds}笔，商家实收退款共-9.50元，商家优惠退款共0.00元`,
    '',
  ].join('\r\n')
}
const zip = (details: Uint8Array) =>
  Buffer.from(zipSync({ '2088_汇总.csv': encodeGbk('#支付宝业务汇总查询\r\n'), '2088_明细.csv': details }))
const alipaySold = '42P1\t,P1\t,交易,钢琴 龘,2031-05-05 23:59:59,199.00,,-1.19'
const alipayBack = '42P2\t,P2\t,退款,钢琴,2031-05-05 08:00:00,-9.50,R1\t,0.06'

t.test('Alipay: payments and refunds of a zip of GBK', async (t) => {
  t.strictSame(readAlipayBill(zip(encodeGbk(alipayText([alipaySold, alipayBack])))), [
    {
      kind: 'payment',
      at: Date.UTC(2031, 4, 5, 15, 59, 59),
      outTradeNo: 'P1',
      outRefundNo: null,
      providerTxn: '42P1',
      amountFen: 19_900,
      feeMilliFen: 119_000,
    },
    {
      kind: 'refund',
      at: Date.UTC(2031, 4, 5),
      outTradeNo: 'P2',
      outRefundNo: 'R1',
      providerTxn: '42P2',
      amountFen: 950,
      feeMilliFen: -6_000,
    },
  ])
})

t.test('Alipay: another encoding, a broken zip, or other counts are refused', async (t) => {
  const whole = alipayText([alipaySold, alipayBack])
  t.throws(() => readAlipayBill(zip(Buffer.from(whole))), /no list of payments/, 'UTF-8')
  const broken = Buffer.from(encodeGbk(whole))
  broken[broken.indexOf(encodeGbk('钢琴')) + 1] = 0x20
  t.throws(() => readAlipayBill(zip(broken)), 'half a character')
  const packed = zip(encodeGbk(whole))
  t.throws(() => readAlipayBill(packed.subarray(0, packed.length / 2)), 'half a zip')
  for (const counts of [{ payments: 2 }, { refunds: 0 }])
    t.throws(() => readAlipayBill(zip(encodeGbk(alipayText([alipaySold, alipayBack], counts)))), /add up/)
  const cut = whole.slice(0, whole.indexOf('#交易合计'))
  t.throws(() => readAlipayBill(zip(encodeGbk(cut))), /add up/, 'without its end')
  t.throws(() => readAlipayBill(zip(encodeGbk(whole.replace('订单金额', '金额')))), /the bill has no/)
})
