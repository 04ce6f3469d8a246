/** A merchant as tests need one: the real client libraries pointed at a sandbox, and a server that takes notices. */
import { createDecipheriv, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AlipaySdk } from 'alipay-sdk'
import type { Test } from 'tap'
import Pay from 'wechatpay-node-v3'
import type { MerchantSettings, OpenedSandbox } from './sandbox.ts'

const PROVIDER = 'https://api.mch.weixin.qq.com'

/** One answer of WeChat Pay, as it was on the wire. */
export type Answered = { status: number; headers: Record<string, string>; raw: Buffer }

/** The library's answer, typed by the test that knows what it asked. */
export type Result = { status: number; data?: Record<string, unknown>; error?: { code: string; message: string } }

/** The real client: only its HTTP goes to the sandbox instead. */
export class WechatClient extends Pay {
  readonly settings: MerchantSettings
  /** Every answer, oldest first. */
  readonly answers: Answered[] = []
  /** Sent in place of, or besides, the library's. */
  headers: Record<string, string> = {}

  constructor(settings: MerchantSettings) {
    super({
      appid: settings.WECHAT_PAY_APP_ID,
      mchid: settings.WECHAT_PAY_MERCHANT_ID,
      publicKey: readFileSync(settings.WECHAT_PAY_MERCHANT_CERTIFICATE_FILE),
      privateKey: readFileSync(settings.WECHAT_PAY_MERCHANT_KEY_FILE),
      serial_no: settings.WECHAT_PAY_MERCHANT_SERIAL,
      key: settings.WECHAT_PAY_API_V3_KEY,
    })
    this.settings = settings
    this.createHttp({
      get: (url: string, headers: Record<string, string>) => this.#send('GET', url, headers),
      post: (url: string, params: object, headers: Record<string, string>) =>
        this.#send('POST', url, headers, JSON.stringify(params)),
      upload: () => Promise.reject(new Error('nothing is uploaded')),
    } as never)
  }

  /** For the library's own verifier, which knows no public keys. */
  static trust(id: string, publicKey: string): void {
    Pay.certificates = { ...Pay.certificates, [id]: publicKey }
  }

  async #send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<Result> {
    const target = url.replace(PROVIDER, this.settings.WECHAT_PAY_URL)
    const { 'Accept-Encoding': _, ...sent } = headers
    const response = await fetch(target, {
      method,
      headers: { ...sent, ...this.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(2000),
      ...(body === undefined ? {} : { body }),
    })
    const raw = Buffer.from(await response.arrayBuffer())
    this.answers.push({ status: response.status, headers: Object.fromEntries(response.headers), raw })
    if (response.headers.get('content-type')?.startsWith('text/plain'))
      return { status: response.status, data: { file: raw } }
    const content = raw.length > 0 ? JSON.parse(raw.toString()) : undefined
    return response.ok ? { status: response.status, data: content } : { status: response.status, error: content }
  }

  lastBody(): Record<string, unknown> {
    return JSON.parse(this.answers.at(-1)!.raw.toString())
  }

  /** Asks the library whether the last answer is genuine. */
  lastIsGenuine(): Promise<boolean> {
    const { headers, raw } = this.answers.at(-1)!
    return this.isGenuine(headers, raw.toString())
  }

  isGenuine(headers: IncomingHttpHeaders | Record<string, string>, body: string): Promise<boolean> {
    return this.verifySign({
      timestamp: String(headers['wechatpay-timestamp']),
      nonce: String(headers['wechatpay-nonce']),
      serial: String(headers['wechatpay-serial']),
      signature: String(headers['wechatpay-signature']),
      body,
    })
  }

  /** What a page needs to open WeChat's cashier. */
  bridgeParams(prepayId: string) {
    const { WECHAT_PAY_APP_ID: appId } = this.settings
    const timeStamp = String(Math.floor(Date.now() / 1000))
    const content = `prepay_id=${prepayId}`
    const paySign = this.sign(`${appId}\n${timeStamp}\nNonce1\n${content}\n`)
    return { appId, timeStamp, nonceStr: 'Nonce1', package: content, signType: 'RSA', paySign }
  }

  /** What is inside a notice, if the seal is whole; the library opens a broken one, too. */
  unseal(body: string): Record<string, unknown> {
    const { resource } = JSON.parse(body) as {
      resource: { ciphertext: string; associated_data: string; nonce: string }
    }
    const sealed = Buffer.from(resource.ciphertext, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', this.settings.WECHAT_PAY_API_V3_KEY, resource.nonce)
    decipher.setAAD(Buffer.from(resource.associated_data)).setAuthTag(sealed.subarray(-16))
    return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString())
  }

  /** The same, as the library does it. */
  unsealByLibrary(body: string): Record<string, unknown> {
    const { resource } = JSON.parse(body)
    return this.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce)
  }
}

export const tradeNumber = (): string => `P${randomBytes(12).toString('hex')}`

/** Two merchants of WeChat Pay, and an inbox that accepts every notice unless `reply` says otherwise. */
export async function openWechat(t: Test, sandbox: OpenedSandbox, reply: Replier = () => ({ status: 204 })) {
  t.teardown(() => sandbox.control.reset().catch(() => {}))
  const { settings, foreign } = sandbox
  const client = new WechatClient(settings)
  const { WECHAT_PAY_PUBLIC_KEY_ID: id, WECHAT_PAY_PUBLIC_KEY_FILE: file } = settings
  if (id && file) WechatClient.trust(id, readFileSync(file, 'utf8'))
  const inbox = await openInbox(t, reply)
  const place = (outTradeNo: string, more: object = {}) =>
    client.transactions_native({
      description: '讲堂课程',
      out_trade_no: outTradeNo,
      notify_url: inbox.url,
      amount: { total: 19900, currency: 'CNY' },
      ...more,
    }) as Promise<Result>
  const query = (outTradeNo: string) => client.query({ out_trade_no: outTradeNo }) as Promise<Result>
  return { client, other: new WechatClient(foreign), inbox, place, query }
}

/** The same for Alipay. */
export async function openAlipay(
  t: Test,
  sandbox: OpenedSandbox,
  reply: Replier = () => ({ status: 200, body: 'success' }),
) {
  t.teardown(() => sandbox.control.reset().catch(() => {}))
  const sdk = alipayClient(sandbox.settings)
  const inbox = await openInbox(t, reply)
  const ask = (method: string, content: object) => askAlipay(sdk, `alipay.trade.${method}`, content)
  const offer = (outTradeNo: string, more: object = {}) =>
    askAlipay(
      sdk,
      'alipay.trade.precreate',
      { out_trade_no: outTradeNo, total_amount: '199.00', subject: '讲堂课程', ...more },
      { notifyUrl: inbox.url },
    )
  const told = () => inbox.received.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
  return { sdk, inbox, ask, offer, told }
}

export const alipayClient = (settings: MerchantSettings, signType: 'RSA2' | 'RSA' = 'RSA2'): AlipaySdk =>
  new AlipaySdk({
    appId: settings.ALIPAY_APP_ID,
    privateKey: readFileSync(settings.ALIPAY_APP_KEY_FILE, 'utf8'),
    alipayPublicKey: readFileSync(settings.ALIPAY_PUBLIC_KEY_FILE, 'utf8'),
    keyType: 'PKCS8',
    signType,
    gateway: settings.ALIPAY_GATEWAY,
    timeout: 2000,
  })

/** What `exec` answers, checked, with the keys the tests read. */
export async function askAlipay(
  sdk: AlipaySdk,
  method: string,
  bizContent: object,
  more: object = {},
  validateSign = true,
): Promise<Record<string, string>> {
  const params = { bizContent, timestamp: beijing(Date.now()), ...more }
  return (await sdk.exec(method, params, { validateSign })) as unknown as Record<string, string>
}

export const beijing = (at: number): string => new Date(at + 8 * 3600_000).toISOString().slice(0, 19).replace('T', ' ')

export type Received = { headers: IncomingHttpHeaders; body: string; at: number }
export type Reply = { status: number; body?: string; headers?: Record<string, string> }

export type Replier = (received: Received, nth: number) => Reply

/** Takes notices, and answers as `reply` says. */
export async function openInbox(t: Test, reply: Replier) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks).toString(), at: performance.now() }
      received.push(one)
      const { status, body = '', headers = {} } = reply(one, received.length)
      response.writeHead(status, headers).end(body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify` }
}
