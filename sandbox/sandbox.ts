/** Puts the sandbox together: one interface for merchants and payers, and one for those who order trouble. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { createAlipay } from './alipay/gateway.ts'
import { createAlipayCourier } from './alipay/notices.ts'
import { type AlipayTrade, tradeKey as alipayKey } from './alipay/trade.ts'
import { cashierRoutes } from './cashier/routes.ts'
import { signInPages } from './cashier/sign-in-routes.ts'
import { Clock } from './clock.ts'
import { controlPageRoutes } from './control/page-routes.ts'
import { controlRoutes } from './control/routes.ts'
import { Faults } from './faults.ts'
import { Journal } from './journal.ts'
import { openKeys } from './keys.ts'
import { type Notice, Notices } from './notices.ts'
import type { Options } from './options.ts'
import type { Sandbox } from './parts.ts'
import { RequestLog } from './request-log.ts'
import { exportSettings, type MerchantSettings, settingsText } from './settings.ts'
import { createWechatCourier } from './wechat/notices.ts'
import { createSignIn } from './wechat/sign-in.ts'
import { refundKey, type WechatRefund, type WechatTrade, tradeKey as wechatKey } from './wechat/trade.ts'
import { createWechat } from './wechat/wechat.ts'
import { filesOf, merchantsOf, type PaymentCode, type World } from './world.ts'

/** What others need to find it; `sandbox.json` in its folder says the same. */
export type SandboxAddress = {
  url: string
  controlUrl: string
  controlToken: string
  /** For a person's browser on this machine. */
  controlPage: string
  settings: MerchantSettings
  foreign: MerchantSettings
}

export async function openSandbox(options: Options) {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 })
  const files = filesOf(options.folder)
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024 })
  const control = Fastify({ forceCloseConnections: true }).setValidatorCompiler(TypeBoxValidatorCompiler)
  keepBodiesAsText(app)
  const world = await openWorld(options)
  const { journal } = world
  const trades = journal.collection<WechatTrade>('wechatTrades', wechatKey)
  const wechat = createWechat(world, trades, journal.collection<WechatRefund>('wechatRefunds', refundKey))
  const alipay = createAlipay(world, journal.collection<AlipayTrade>('alipayTrades', alipayKey))
  const sandbox: Sandbox = { world, wechat, alipay }
  const signIn = createSignIn({ merchants: merchantsOf(world), clock: world.clock })
  journal.compact()
  wechat.mount(app)
  alipay.mount(app)
  cashierRoutes(app, sandbox)
  signIn.mount(app)
  signInPages(app, world, signIn)
  const controlToken = randomBytes(24).toString('base64url')
  controlRoutes(control, sandbox, controlToken)
  controlPageRoutes(control, sandbox, controlToken)

  await app.listen({ host: options.host, port: options.port })
  await control.listen({ host: '127.0.0.1', port: options.controlPort })
  const port = portOf(app)
  const url = `http://${options.publicHost}:${port}`
  world.pagesUrl = url
  const exported = { keys: world.keys, folder: options.folder, url, mode: options.wechatMode }
  const address: SandboxAddress = {
    url,
    controlUrl: `http://127.0.0.1:${portOf(control)}`,
    controlToken,
    controlPage: `http://127.0.0.1:${portOf(control)}/?token=${controlToken}`,
    settings: exportSettings(exported, 'main'),
    foreign: exportSettings(exported, 'foreign'),
  }
  writeFileSync(files.settings, settingsText(address.settings), { mode: 0o600 })
  writeFileSync(files.address, JSON.stringify(address, null, 2), { mode: 0o600 })
  world.notices.resume()

  async function close(): Promise<void> {
    world.notices.close()
    await Promise.all([app.close(), control.close()])
  }
  return { address, close }
}

async function openWorld(options: Options): Promise<World> {
  const files = filesOf(options.folder)
  const journal = new Journal(files.journal)
  const faults = new Faults()
  const kept = journal.collection<Notice>('notices', ({ id }) => id)
  const couriers = { wechat: createWechatCourier(() => world), alipay: createAlipayCourier(() => world) }
  const world: World = {
    options,
    clock: new Clock(),
    faults,
    keys: await openKeys(files.keys),
    journal,
    codes: journal.collection<PaymentCode>('codes', ({ code }) => code),
    noticesKept: kept,
    notices: new Notices({ kept, couriers, faults, speed: options.noticeSpeed }),
    requests: new RequestLog(),
    noticesSigned: 0,
    pagesUrl: '',
  }
  return world
}

/** Signatures are over the bytes as they came. */
function keepBodiesAsText(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
}

const portOf = (app: FastifyInstance): number => (app.server.address() as AddressInfo).port
