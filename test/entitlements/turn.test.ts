import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import t from 'tap'
import { turnServerFor } from '../../src/entitlements/turn.ts'
import { freePort } from '../support/server.ts'

const secret = 'a secret for tests that is long enough'

/** coturn with the configuration that is shipped, but for its addresses; `open`: without those that deny peers. */
async function startCoturn(t: { teardown(end: () => unknown): void }, open: boolean) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-turn-'))
  const shipped = readFileSync(resolve('deploy/turnserver.conf'), 'utf8')
    .replace('CHANGE-ME', secret)
    .replace(/^(cert|pkey|tls-listening-port)=.*$/gm, '')
    .replace(/^listening-port=.*$/m, `listening-port=${port}`)
  const conf = `${open ? `${shipped.replace(/^denied-peer-ip=.*$/gm, '')}\nallow-loopback-peers` : shipped}
no-tls
no-dtls
listening-ip=127.0.0.1
relay-ip=127.0.0.1
userdb=${folder}/db
pidfile=${folder}/pid
log-file=stdout
`
  writeFileSync(join(folder, 'conf'), conf)
  const child = spawn('turnserver', ['-c', join(folder, 'conf')], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
    rmSync(folder, { recursive: true, force: true })
  })
  for (let tries = 0; tries < 200; tries++) {
    const socket = createConnection(port, '127.0.0.1')
    const isUp = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isUp) return port
    await pause(50)
  }
  throw new Error('coturn does not start')
}

/** coturn's own client, which opens two ways and sends messages from one to the other; true where they arrive. */
const gets = (port: number, username: string, credential: string) =>
  promisify(execFile)(
    'turnutils_uclient',
    ['-t', '-y', '-n', '2', '-m', '1', '-c', '-u', username, '-w', credential, '-p', String(port), '127.0.0.1'],
    { timeout: 20_000, killSignal: 'SIGKILL' },
  ).then(
    () => true,
    () => false,
  )

const of = (at: number, key = secret) => {
  const { username, credential } = turnServerFor({ urls: ['turn:example.org'], secret: key }, 'somebody', at)
  return [username!, credential!] as const
}

t.test('coturn takes a credential of now, and none that has expired or is of another secret', async (t) => {
  const port = await startCoturn(t, true)
  t.ok(await gets(port, ...of(Date.now())))
  t.notOk(await gets(port, ...of(Date.now() - 13 * 60 * 60 * 1000)), 'expired')
  t.notOk(await gets(port, ...of(Date.now(), 'another secret of the same length...')))
})

t.test('nobody gets to private addresses through the configuration that is shipped', async (t) => {
  const port = await startCoturn(t, false)
  t.notOk(await gets(port, ...of(Date.now())))
})
