import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { examine, well } from '../../src/doctor/finding.ts'
import { diagnose } from '../../src/doctor/main.ts'
import { announcedAddress, mediaPorts, publicAddress } from '../../src/doctor/network.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { freePort } from '../support/server.ts'

const dataDir = await mkdtemp(join(tmpdir(), 'jiangtang-doctor-'))
t.teardown(() => rm(dataDir, { recursive: true, force: true }))
const sound = async () => ({
  SECRET: 'a secret for tests that is long enough',
  DATA_DIR: dataDir,
  PUBLIC_URL: 'https://class.example.com',
  RTC_ANNOUNCED_ADDRESS: '203.0.113.7',
  WORKERS: '1',
  PORT: String(await freePort()),
  RTC_PORT: String(await freePort()),
  BROADCAST_KEEP_FREE_GB: '0',
})

t.test('with real services all that the server needs is well', async (t) => {
  const [databaseUrl, redis] = [await startPostgres(t), await startRedis(t)]
  const findings = await diagnose({ ...(await sound()), DATABASE_URL: databaseUrl, BUS_URL: redis.url })
  const of = (check: string) => findings.find((finding) => finding.check === check)
  for (const check of [
    'settings',
    'media worker',
    'media ports',
    'media address',
    'web port',
    'public address',
    'ffmpeg',
    'storage',
  ])
    t.match(of(check), { level: 'ok' }, check)
  t.match(of('database'), { level: 'ok', detail: /^PostgreSQL \d+/ })
  t.match(of('bus'), { level: 'ok', detail: /^Redis \d+/ })
  t.match(of('payments'), { level: 'warn', detail: 'no provider' })
  for (const { level, advice } of findings)
    t.equal(level !== 'ok', advice !== undefined, 'whatever is not well comes with advice')
})

t.test('what cannot be reached, or is taken, is named', async (t) => {
  const given = await sound()
  const [web, media] = [
    createServer().listen(Number(given.PORT), '0.0.0.0'),
    createSocket('udp4').bind(Number(given.RTC_PORT)),
  ]
  await Promise.all([once(web, 'listening'), once(media, 'listening')])
  t.teardown(() => [web.close(), media.close()])
  const gone = await freePort()
  const findings = await diagnose({
    ...given,
    DATABASE_URL: `postgres://postgres@127.0.0.1:${gone}/postgres`,
    BUS_URL: `redis://127.0.0.1:${gone}`,
    STORAGE_URL: `s3://key:secret@127.0.0.1:${gone}/bucket?tls=false`,
  })
  const of = (check: string) => findings.find((finding) => finding.check === check)
  t.match(of('web port'), { level: 'fail', detail: 'EADDRINUSE' })
  t.match(of('media ports'), { level: 'warn', detail: `taken: UDP ${given.RTC_PORT}` })
  t.match(of('database'), { level: 'fail', detail: 'ECONNREFUSED' })
  t.match(of('bus'), { level: 'fail' })
  t.match(of('storage'), { level: 'fail', detail: 'ECONNREFUSED' })
})

t.test('mistakes in the settings come first, and alone', async (t) => {
  const findings = await diagnose({ SECRET: 'short', WORKERS: 'many' })
  t.strictSame(
    findings.map(({ check, level }) => [check, level]),
    [
      ['settings', 'fail'],
      ['settings', 'fail'],
    ],
  )
})

t.test('addresses that browsers cannot use are told apart', async (t) => {
  const at = (rtcAnnouncedAddress: string | undefined, publicUrl = 'https://class.example.com') =>
    announcedAddress({ rtcAnnouncedAddress, publicUrl })
  t.match(await at('192.168.1.4'), { level: 'fail', detail: '192.168.1.4 is private' })
  t.match(await at('no-such-host.invalid'), { level: 'fail' })
  t.match(await at('192.168.1.4', 'http://localhost:3000'), { level: 'ok' })
  t.match(await at('203.0.113.7'), { level: 'ok', detail: 'firewall' })
  t.match(publicAddress({ publicUrl: 'http://class.example.com', demo: false }), { level: 'fail' })
  t.match(publicAddress({ publicUrl: 'http://192.168.1.4:3000', demo: true }), { level: 'warn' })
})

t.test('a port of any of the workers counts', async (t) => {
  const port = await freePort()
  const second = createServer().listen(port, '127.0.0.1')
  await once(second, 'listening')
  t.teardown(() => second.close())
  const look = (rtcPort: number) => mediaPorts({ rtcPort, rtcListenAddress: '127.0.0.1', workers: 2 })
  t.match(await look(port - 1), { level: 'warn', detail: `TCP ${port}` })
})

t.test('a check that fails does not keep the others', async (t) => {
  const findings = await examine({ bad: () => Promise.reject(new Error('no way')), good: () => well('fine') })
  t.strictSame(findings, [
    { check: 'bad', level: 'fail', detail: 'no way' },
    { check: 'good', level: 'ok', detail: 'fine' },
  ])
})
