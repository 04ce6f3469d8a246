/** The bills of a day, fetched with the real client libraries and read as a merchant would. */
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import t from 'tap'
import { askAlipay, beijing, openAlipay, openWechat, type Result, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const DAY_MS = 24 * 3600_000
const METHOD = 'alipay.data.dataservice.bill.downloadurl.query'

const today = () => beijing(Date.now()).slice(0, 10)
const sha1 = (data: string | Buffer) => createHash('sha1').update(data).digest('hex')

/** How far the sandbox's day must go on until the bill of today is ready. */
const untilReady = () => {
  const noonTomorrow = Date.parse(`${today()}T12:00:00+08:00`) + DAY_MS
  return { businessOffsetMs: noonTomorrow - Date.now() }
}

t.test("WeChat Pay's bill lists every payment and refund of the day, in yuan", async (t) => {
  const sandbox = await openSandbox(t)
  const { client, place, inbox } = await openWechat(t, sandbox)
  const [whole, part, unpaid] = [tradeNumber(), tradeNumber(), tradeNumber()]
  for (const outTradeNo of [whole, part, unpaid]) await place(outTradeNo, { description: '钢琴, 第一课' })
  await sandbox.control.pay({ provider: 'wechat', outTradeNo: whole })
  await sandbox.control.pay({ provider: 'wechat', outTradeNo: part, couponFen: 900 })
  const amount = { refund: 950, total: 19900, currency: 'CNY' }
  await client.refunds({ out_trade_no: part, out_refund_no: 'R1', notify_url: inbox.url, amount })
  await sandbox.control.noticesSettled()

  const ask = (more: object = {}) =>
    client.tradebill({ bill_date: today(), bill_type: 'ALL', ...more }) as unknown as Promise<Result>
  t.match(await ask(), { status: 400, error: { code: 'INVALID_REQUEST' } }, 'there is none of today')
  await sandbox.control.clock({ businessOffsetMs: untilReady().businessOffsetMs - 3 * 3600_000 })
  t.match(await ask(), { status: 400, error: { code: 'STATEMENT_CREATING' } }, 'nor before ten the next day')
  await sandbox.control.clock(untilReady())
  t.match(await ask({ bill_date: '2024-02-30' }), { error: { code: 'PARAM_ERROR' } })

  const applied = await ask()
  t.equal(applied.status, 200)
  t.ok(await client.lastIsGenuine())
  t.match(applied.data?.download_url, /^https:\/\/api\.mch\.weixin\.qq\.com\/v3\/billdownload\//)
  const download = async (url: unknown) => {
    const answer = (await client.downloadBill(String(url))) as unknown as Result
    return answer.data?.file as Buffer
  }
  const file = await download(applied.data?.download_url)
  t.equal(client.answers.at(-1)?.headers['wechatpay-signature'], undefined, 'the file is not signed')
  t.equal(sha1(file), applied.data?.hash_value)

  const [header, ...lines] = file.toString().replace('\ufeff', '').trim().split('\r\n')
  const columns = header!.split(',')
  const cells = lines.map((line) => line.slice(1).split(',`'))
  const rows = cells
    .slice(0, -2)
    .map((values) => Object.fromEntries(columns.map((column, index) => [column, values[index]])))
  t.equal(rows.length, 3)
  t.match(rows[0], { 商户订单号: whole, 交易状态: 'SUCCESS', 订单金额: '199.00', 退款金额: '0.00', 手续费: '1.19000' })
  t.match(rows[1], { 商户订单号: part, 代金券金额: '9.00', 商品名称: '钢琴  第一课' })
  t.match(rows[2], { 商户退款单号: 'R1', 交易状态: 'REFUND', 申请退款金额: '9.50', 退款状态: 'SUCCESS' })
  t.match(cells.at(-1), ['3', '398.00', '9.50'])

  const packed = await ask({ tar_type: 'GZIP' })
  t.equal(sha1(gunzipSync(await download(packed.data?.download_url))), packed.data?.hash_value)
  const payments = await ask({ bill_type: 'SUCCESS' })
  t.notMatch((await download(payments.data?.download_url)).toString(), /退款单号/)

  await sandbox.control.fault({ name: 'billTamper' })
  const tampered = await ask()
  t.not(sha1(await download(tampered.data?.download_url)), tampered.data?.hash_value)
  await sandbox.control.fault({ name: 'billAmountTamper', value: '1.00' })
  await sandbox.control.fault({ name: 'billDropRow' })
  const false_ = await download((await ask()).data?.download_url)
  t.match(false_.toString(), new RegExp(`\`${whole}.*,\`1\\.00,`))
  t.notMatch(false_.toString(), /`R1/)

  await sandbox.control.clock({ businessOffsetMs: untilReady().businessOffsetMs + DAY_MS })
  t.match(await client.downloadBill(String(applied.data?.download_url)), { status: 400 }, 'its address has gone')
  const empty = beijing(Date.now() + DAY_MS).slice(0, 10)
  t.match(await ask({ bill_date: empty }), { status: 400, error: { code: 'NO_STATEMENT_EXIST' } })
})

t.test("Alipay's bill is a zip of GBK files", async (t) => {
  const sandbox = await openSandbox(t)
  const { sdk, ask, offer } = await openAlipay(t, sandbox)
  const [whole, part] = [tradeNumber(), tradeNumber()]
  for (const outTradeNo of [whole, part]) {
    await offer(outTradeNo)
    await sandbox.control.pay({ provider: 'alipay', outTradeNo })
  }
  await ask('refund', { out_trade_no: part, refund_amount: '9.50', out_request_no: 'R1' })

  const apply = () => askAlipay(sdk, METHOD, { bill_type: 'trade', bill_date: today() })
  t.match(await apply(), { subCode: 'isp.bill_not_exist' }, 'there is none of today')
  await sandbox.control.clock(untilReady())
  const read = async () => {
    const { billDownloadUrl } = await apply()
    const files = unzipSync(new Uint8Array(await (await fetch(billDownloadUrl!)).arrayBuffer()))
    const name = Object.keys(files).find((each) => each.endsWith('_业务明细.csv'))!
    t.equal(Object.keys(files).length, 2)
    return new TextDecoder('gbk', { fatal: true }).decode(files[name])
  }
  const text = await read()
  const lines = text.split('\r\n').filter((line) => line && !line.startsWith('#'))
  const [columns, ...rows] = lines.map((line) => line.split(',').map((cell) => cell.trim()))
  const named = rows.map((values) => Object.fromEntries(columns!.map((column, index) => [column, values[index]])))
  t.match(named, [
    { 商户订单号: whole, 业务类型: '交易', '订单金额（元）': '199.00', '服务费（元）': '-1.19', 商品名称: '讲堂课程' },
    { 商户订单号: part, 业务类型: '交易' },
    { 商户订单号: part, 业务类型: '退款', '订单金额（元）': '-9.50', '退款批次号/请求号': 'R1' },
  ])
  t.match(text, '#交易合计：2笔，商家实收共398.00元')
  t.match(text, '#退款合计：1笔，商家实收退款共-9.50元')

  await sandbox.control.fault({ name: 'billDropRow' })
  t.notMatch(await read(), /R1/)
  await sandbox.control.fault({ name: 'billAmountTamper', value: '1.00' })
  t.match(await read(), new RegExp(`${whole}\t,交易,[^\n]+,1\\.00,`))
  await sandbox.control.fault({ name: 'billTamper' })
  await t.rejects(read(), 'a file that broke off')
  const { billDownloadUrl } = await apply()
  await sandbox.control.clock({ businessOffsetMs: untilReady().businessOffsetMs + 60_000 })
  t.equal((await fetch(billDownloadUrl!)).status, 403, 'its address has gone')
})
