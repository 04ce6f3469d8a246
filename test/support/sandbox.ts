/** The payment sandbox as a process of its own, and a typed client of its control interface. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Test } from 'tap'
import type { ControlClock, PayAnswer, SignedRequest } from '../../sandbox/control/routes.ts'
import type { TradeView } from '../../sandbox/control/views.ts'
import type { Fault, FaultName, Provider } from '../../sandbox/faults.ts'
import type { MerchantName } from '../../sandbox/keys.ts'
import type { Notice } from '../../sandbox/notices.ts'
import type { WechatMode } from '../../sandbox/options.ts'
import type { LoggedRequest } from '../../sandbox/request-log.ts'
import type { SandboxAddress } from '../../sandbox/sandbox.ts'
import type { MerchantSettings } from '../../sandbox/settings.ts'
import { stop, untilItWorks } from './processes.ts'

export type { MerchantSettings, Notice, TradeView }

export type SandboxOptions = {
  /** Notices are repeated so many times faster than in earnest; 1000 makes 15 s 15 ms. */
  noticeSpeed?: number
  wechatMode?: WechatMode
  /** To open the same sandbox again; left out: a new folder that goes with the test. */
  folder?: string
}

export type TradeRef = { provider: Provider; outTradeNo: string; merchant?: MerchantName }
export type FaultOrder = { name: FaultName } & Partial<Omit<Fault, 'id' | 'name'>>
export type RawNotice =
  | {
      provider: 'wechat'
      url: string
      event: string
      originalType?: string
      resource: object
      sealedFor?: MerchantName
    }
  | { provider: 'alipay'; url: string; fields: Record<string, string> }

export type OpenedSandbox = Awaited<ReturnType<typeof openSandbox>>

const root = resolve(import.meta.dirname, '../..')
/** Making seven RSA keys takes a second: tests share one set. */
const sharedKeys = join(root, '.cache/sandbox-keys.json')

/** Starts a sandbox on free ports; it ends with the test, or with the test process. */
export async function openSandbox(t: Test, options: SandboxOptions = {}) {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'jiangtang-sandbox-')))
  if (options.folder === undefined) t.teardown(() => rm(folder, { recursive: true, force: true }))
  takeSharedKeys(folder)
  const child = start(folder, options)
  t.teardown(() => stop(child, 'SIGTERM'))
  await untilReady(child)
  shareKeys(folder)
  const address = JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as SandboxAddress
  return {
    folder,
    pid: child.pid!,
    url: address.url,
    /** Of the payer's pages. */
    cashierUrl: address.url,
    /** What a server's environment needs to take money here. */
    settings: address.settings,
    /** Of another merchant: genuine, but not ours. */
    foreign: address.foreign,
    control: controlClient(address),
    close: () => stop(child, 'SIGTERM'),
    kill: () => stop(child, 'SIGKILL'),
  }
}

function start(folder: string, { noticeSpeed = 1000, wechatMode = 'both' }: SandboxOptions): ChildProcess {
  return spawn(process.execPath, ['sandbox/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      SANDBOX_FOLDER: folder,
      SANDBOX_PORT: '0',
      SANDBOX_NOTICE_SPEED: String(noticeSpeed),
      SANDBOX_WECHAT_MODE: wechatMode,
    },
  })
}

async function untilReady(child: ChildProcess): Promise<void> {
  const lines = createInterface({ input: child.stdout! })
  const [first] = await Promise.race([once(lines, 'line'), once(child, 'exit')])
  if (typeof first !== 'string') throw new Error(`the sandbox ended with ${String(first)} before it was ready`)
}

/** Where they have been made: into the folder of a sandbox that has none of its own yet. */
export function takeSharedKeys(folder: string): void {
  mkdirSync(folder, { recursive: true })
  if (existsSync(sharedKeys) && !existsSync(join(folder, 'keys.json')))
    copyFileSync(sharedKeys, join(folder, 'keys.json'))
}

/** Two tests may get here together: either's keys will do, and nobody reads half a file. */
function shareKeys(folder: string): void {
  if (existsSync(sharedKeys)) return
  mkdirSync(join(root, '.cache'), { recursive: true })
  const draft = `${sharedKeys}.${process.pid}`
  copyFileSync(join(folder, 'keys.json'), draft)
  renameSync(draft, sharedKeys)
}

export type ControlClient = ReturnType<typeof controlClient>

/** Of a sandbox that somebody else started: what a merchant is given, and the control interface. */
export function sandboxIn(folder: string) {
  const address = JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as SandboxAddress
  return { settings: address.settings, control: controlClient(address) }
}

function controlClient({ controlUrl, controlToken }: SandboxAddress) {
  async function ask<A>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<A> {
    const answer = await fetch(`${controlUrl}/control/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${controlToken}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`sandbox control ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as A
  }
  const notices = async (outTradeNo?: string) => {
    const query = outTradeNo === undefined ? '' : `&outTradeNo=${encodeURIComponent(outTradeNo)}`
    return (await ask<{ notices: Notice[] }>('GET', `notices?limit=1000${query}`)).notices
  }
  return {
    /** Newest first. */
    trades: async () => (await ask<{ trades: TradeView[] }>('GET', 'trades?limit=1000')).trades,
    trade: async (outTradeNo: string) =>
      (await ask<{ trades: TradeView[] }>('GET', `trades?outTradeNo=${encodeURIComponent(outTradeNo)}`)).trades[0],
    /** The payer pays; answers after the first attempt to tell the merchant. */
    pay: (trade: TradeRef & { couponFen?: number }) => ask<PayAnswer>('POST', 'pay', trade),
    /** The payer scans, which is when Alipay's trade comes to be. */
    scan: (trade: TradeRef) => ask<TradeView>('POST', 'scan', trade),
    close: (trade: TradeRef) => ask<TradeView>('POST', 'close', trade),
    settleRefund: (refund: {
      provider: Provider
      outRefundNo: string
      merchant?: MerchantName
      state: 'SUCCESS' | 'ABNORMAL' | 'CLOSED'
    }) => ask<{ notice?: Notice }>('POST', 'settle-refund', refund),
    /** Once, unless `times` says otherwise; null: until cleared. */
    fault: (fault: FaultOrder) => ask<Fault>('POST', 'faults', fault),
    faults: async () => (await ask<{ faults: Fault[] }>('GET', 'faults')).faults,
    /** Without faults, on the right time: for the next test. */
    reset: async () => {
      await ask<object>('DELETE', 'faults')
      await ask<ControlClock>('POST', 'clock', { businessOffsetMs: 0, wireOffsetMs: 0 })
    },
    clearFaults: () => ask<object>('DELETE', 'faults'),
    /** Newest first. */
    notices,
    /** The notice as a request, signed now, not sent. */
    signNotice: (id: string) => ask<SignedRequest>('GET', `notices/${id}/request`),
    /** Sends any content, genuinely signed. */
    rawNotice: async (notice: RawNotice) => (await ask<{ notice: Notice }>('POST', 'raw-notice', notice)).notice,
    /** Any content as a genuinely signed request, not sent. */
    signRaw: async (notice: RawNotice) =>
      (await ask<{ request: SignedRequest }>('POST', 'raw-notice', { ...notice, deliver: false })).request,
    /** Waits until nothing waits for another attempt. */
    noticesSettled: (outTradeNo?: string) =>
      untilItWorks(async () => {
        const waiting = (await notices(outTradeNo)).filter(({ state }) => state === 'waiting')
        if (waiting.length > 0) throw new Error(`${waiting.length} notices wait`)
      }),
    /** `businessOffsetMs` ages trades and bills; `wireOffsetMs` makes the sandbox's signatures early or late. */
    clock: (offsets: Partial<ControlClock>) => ask<ControlClock>('POST', 'clock', offsets),
    options: (options: { wechatMode?: WechatMode; alipayClosedNotices?: boolean }) =>
      ask<object>('POST', 'options', options),
    /** What merchants asked, oldest first. */
    requests: async (outTradeNo?: string) => {
      const query = outTradeNo === undefined ? '' : `?outTradeNo=${encodeURIComponent(outTradeNo)}`
      return (await ask<{ requests: LoggedRequest[] }>('GET', `requests${query}`)).requests
    },
    clearRequests: () => ask<object>('DELETE', 'requests'),
  }
}
