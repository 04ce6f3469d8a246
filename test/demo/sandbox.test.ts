/** The payment sandbox beside the demo. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { startSandbox } from '../../src/demo/sandbox.ts'
import { untilItWorks } from '../support/processes.ts'
import { takeSharedKeys } from '../support/sandbox.ts'
import { freePort } from '../support/server.ts'
import { silentLog } from '../support/silent-log.ts'

async function open(t: Test, port?: number) {
  const dataDir = await mkdtemp(join(tmpdir(), 'jiangtang-demo-'))
  const deps = { dataDir, host: '127.0.0.1', port: port ?? (await freePort()), publicUrl: 'http://localhost:3000' }
  takeSharedKeys(join(dataDir, 'sandbox'))
  const pids: number[] = []
  const info = ({ pid }: { pid?: number }) => pids.push(pid!)
  const sandbox = (await startSandbox({ ...deps, log: { ...silentLog, info } }))!
  t.teardown(async () => {
    await sandbox.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  return { ...deps, sandbox, pid: pids[0]! }
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const isThere = async (url: string) => (await fetch(url)).status === 200

t.test('it serves beside the server, and hands over what a merchant needs', async (t) => {
  const { port, sandbox } = await open(t)
  t.equal(sandbox.url, `http://localhost:${port + 1}`)
  t.ok(await isThere(sandbox.url))
  t.match(sandbox.environment, {
    WECHAT_PAY_URL: sandbox.url,
    WECHAT_PAY_API_V3_KEY: /^\w{32}$/,
    ALIPAY_GATEWAY: `${sandbox.url}/gateway.do`,
  })
  await sandbox.close()
  await t.rejects(fetch(sandbox.url), 'it is gone with the demo')
})

t.test('a port that is taken is no obstacle', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as { port: number }
  const { sandbox } = await open(t, port - 1)
  t.not(sandbox.url, `http://localhost:${port}`)
  t.ok(await isThere(sandbox.url))
})

t.test('one that dies comes back at the same address', async (t) => {
  const { sandbox, pid } = await open(t)
  process.kill(pid, 'SIGKILL')
  await untilItWorks(async () => {
    if (isAlive(pid)) throw new Error('it is not dead yet')
  })
  await untilItWorks(() => isThere(sandbox.url))
  t.ok(await isThere(sandbox.url))
})

t.test('it does not outlive the server, however that ends', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'jiangtang-demo-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  takeSharedKeys(join(dataDir, 'sandbox'))
  const deps = { dataDir, host: '127.0.0.1', port: await freePort(), publicUrl: 'http://localhost:3000' }
  const module = resolve(import.meta.dirname, '../../src/demo/sandbox.ts')
  const script = `
    const { startSandbox } = await import(${JSON.stringify(module)})
    const say = () => {}
    const { url } = await startSandbox({ ...${JSON.stringify(deps)}, log: { info: say, warn: say } })
    console.log(url)
  `
  const server: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  })
  const [url] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string]
  t.ok(await isThere(url))
  server.kill('SIGKILL')
  await untilItWorks(async () => {
    const there = await isThere(url).catch(() => false)
    if (there) throw new Error('the sandbox is still there')
  })
  t.pass('it is gone')
})
