import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { entitlements } from '../db/schema.ts'
import { SUBPROTOCOL } from '../signaling/protocol/constants.ts'
import { TestClient } from './support/client.ts'
import { startPostgres } from './support/postgres.ts'
import { startRedis } from './support/redis.ts'
import { freePort, makeAccount, openServer, SECRET } from './support/server.ts'
import { createShelf } from './support/shelf.ts'

const main = resolve(import.meta.dirname, '../src/main.ts')

/** The server as its own process, with what it prints. */
async function run(t: Test, settings: Record<string, string>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'jiangtang-main-'))
  const env = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    RTC_PORT: String(await freePort()),
    RTC_LISTEN_ADDRESS: '127.0.0.1',
    WORKERS: '1',
    DATA_DIR: dataDir,
    SECRET,
    ...settings,
  }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => {
      output += bytes
    })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    await rm(dataDir, { recursive: true, force: true })
  })
  const says = async (words: string) => {
    while (!output.includes(words)) {
      if (child.exitCode !== null) throw new Error(`it ended without saying ${words}: ${output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return { child, says, ended, url: `http://127.0.0.1:${env.PORT}`, output: () => output }
}

/** Every process below this one. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? [] : children.split(' ').flatMap((child) => [Number(child), ...descendants(Number(child))])
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

t.test('every mistake in the settings is reported at once, by name', async (t) => {
  const { ended, output } = await run(t, {
    PORT: 'no',
    RTC_PORT: '99999999',
    BUS_URL: 'carrier-pigeon:',
    SECRET: 'short',
  })
  t.strictSame((await ended)[0], 1)
  for (const name of ['PORT', 'RTC_PORT', 'BUS_URL', 'SECRET']) t.match(output(), new RegExp(`${name}: must`))
})

t.test('the demo is live at once, and an interrupt leaves no process behind', async (t) => {
  const { child, says, ended, url, output } = await run(t, { DEMO: 'true' })
  await says('operator-demo')
  for (const account of ['teacher-demo', 'student-demo', 'operator-demo']) t.match(output(), account)
  const live = async () => (await (await fetch(`${url}/api/lessons?filter=live`)).json()).lessons
  for (let tries = 0; tries < 100 && (await live()).length === 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  t.match(await live(), [{ status: 'live', online: Number }])
  const family = descendants(child.pid!)
  t.ok(family.length >= 2, 'a media worker and an encoder run')
  child.kill('SIGINT')
  t.strictSame((await ended)[0], 0)
  for (const pid of family) t.notOk(isAlive(pid))
})

t.test('what a server on PostgreSQL and Redis is told outlives it', async (t) => {
  const settings = { DATABASE_URL: await startPostgres(t), BUS_URL: (await startRedis(t)).url }
  const first = await openServer(settings)
  const { id } = await makeAccount(first, 'teacher', 'Teacher', 'teacher')
  const lesson = await first.lessons.create({ id, role: 'teacher' }, { title: 'Lamps', startsAt: Date.now() })
  t.equal((await first.app.inject('/readyz')).statusCode, 200)
  await first.close()
  const second = await openServer(settings)
  t.teardown(() => second.close())
  t.match((await second.app.inject(`/api/lessons/${lesson.id}`)).json(), { lesson: { title: 'Lamps' } })
})

t.test('a right that ends in the middle of a class closes its place within seconds', async (t) => {
  const server = await openServer()
  t.teardown(() => server.close())
  const shelf = createShelf(server.db, Date.now)
  const teacher = await makeAccount(server, 'teacher', 'Teacher', 'teacher')
  const lesson = await shelf.lesson(await shelf.course(teacher.id))
  const enter = async (name: string, endsAt: number | null) => {
    const { id, displayName, role } = await makeAccount(server, name, name)
    const right = { userId: id, courseId: lesson.courseId, startsAt: Date.now(), endsAt, createdAt: Date.now() }
    await server.db.insert(entitlements).values(right)
    const user = { id, displayName, role, sessionId: randomUUID() }
    const { url, ticket } = await server.entitlements.ticketFor(user, lesson.id)
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}${url}?ticket=${ticket}`, SUBPROTOCOL)
    await once(socket, 'open')
    const client = new TestClient(socket)
    await client.join()
    return client
  }
  const forGood = await enter('owner', null)
  const endsAt = Date.now() + 3000
  const forNow = await enter('member', endsAt)
  t.match(await forNow.closed, { code: 4402, reason: 'not_entitled' })
  t.ok(Date.now() >= endsAt && Date.now() < endsAt + 15_000)
  await t.resolves(forGood.request('ping', {}))
})
