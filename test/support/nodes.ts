/** Several nodes in processes of their own, over one PostgreSQL and one Redis; and people who come back to them by themselves. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { asc, eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { type Db, openDatabase } from '../../db/client.ts'
import { roomEvents, users } from '../../db/schema.ts'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { delayBefore } from '../../web/src/classroom/reconnect.ts'
import { TestClient } from './client.ts'
import { startPostgresServer } from './postgres.ts'
import { bound, freePort, stop } from './processes.ts'
import { startRedis } from './redis.ts'
import { SECRET } from './server.ts'
import { createShelf } from './shelf.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')
const secret = new TextEncoder().encode(SECRET)

export type Cluster = Awaited<ReturnType<typeof startCluster>>
export type Node = Awaited<ReturnType<typeof startNode>>

/** What nodes share, on which any number of them is started. */
export async function startCluster(t: Pick<Test, 'teardown'>, settings: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-nodes-'))
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const [postgres, redis] = await Promise.all([startPostgresServer(t), startRedis(t)])
  const { db, close } = await openDatabase(postgres.url)
  t.teardown(close)
  const shelf = createShelf(db, Date.now)
  let count = 0
  return {
    db,
    postgres,
    redis,
    start: (more: Record<string, string> = {}) =>
      startNode(t, {
        DATABASE_URL: postgres.url,
        BUS_URL: redis.url,
        STORAGE_URL: `file:${join(folder, 'files')}`,
        DATA_DIR: join(folder, `node-${++count}`),
        ...settings,
        ...more,
      }),
    /** A lesson that is open to all, and its teacher. */
    async makeLesson() {
      const teacherId = await makePerson(db, 'teacher')
      const { id: lessonId } = await shelf.lesson(await shelf.course(teacherId), { free: true })
      return { lessonId, teacherId }
    },
    makeStudent: () => makePerson(db, 'student'),
    /** What is stored of a room, in order. */
    logOf: (lessonId: string) =>
      db.select().from(roomEvents).where(eq(roomEvents.roomId, lessonId)).orderBy(asc(roomEvents.seq)),
  }
}

async function makePerson(db: Db, role: 'teacher' | 'student'): Promise<string> {
  const name = `${role}-${randomUUID().slice(0, 8)}`
  const [row] = await db
    .insert(users)
    .values({ username: name, displayName: name, role, createdAt: Date.now() })
    .returning()
  return row!.id
}

async function startNode(t: Pick<Test, 'teardown'>, settings: Record<string, string>) {
  const [port, rtcPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const env = {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    PORT: String(port),
    NODE_URL: url,
    RTC_PORT: String(rtcPort),
    RTC_LISTEN_ADDRESS: '127.0.0.1',
    WORKERS: '1',
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
    SECRET,
    ...settings,
  }
  const child: ChildProcess = spawn(...bound('TERM', [process.execPath, main]), { env, stdio: ['ignore', 'pipe', 2] })
  let output = ''
  child.stdout!.on('data', (bytes) => {
    output += bytes
    if (process.env.LOG_LEVEL) process.stderr.write(bytes)
  })
  const exited = once(child, 'exit').then(([code]) => code as number | null)
  t.teardown(async () => {
    child.kill('SIGCONT')
    await stop(child, 'SIGKILL')
  })
  const isReady = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the node ended: ${output}`)
    await pause(100)
  }
  return {
    url,
    exited,
    output: () => output,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    pid: child.pid!,
  }
}

const ticketFor = (lessonId: string, person: { peerId: string; role: Role }) =>
  signTicket(
    {
      roomId: lessonId,
      person: { ...person, displayName: person.peerId },
      sessionId: `session-${person.peerId}`,
      tier: 'interactive',
    },
    secret,
    60,
    Date.now(),
  )

/** A socket to this node, with a ticket of its own unless one is given; `closed` tells where it was refused. */
export async function connect(url: string, lessonId: string, peerId: string, role: Role = 'student', ticket?: string) {
  const given = ticket ?? ticketFor(lessonId, { peerId, role })
  const address = `${url.replace('http', 'ws')}/signaling/${lessonId}?ticket=${given}`
  const socket = new WebSocket(address, SUBPROTOCOL, { handshakeTimeout: 10_000 })
  const client = new TestClient(socket)
  await once(socket, 'open')
  return client
}

export const makeTicket = (lessonId: string, peerId: string, role: Role = 'student') =>
  ticketFor(lessonId, { peerId, role })

/** What of all that these people were told is stored is not, and whether the log has each place once. */
export async function lostOf(cluster: Pick<Cluster, 'logOf'>, lessonId: string, visitors: Visitor[]) {
  const log = await cluster.logOf(lessonId)
  const texts = new Map(log.map(({ seq, data }) => [seq, (data as { text?: string }).text]))
  const lost = visitors.flatMap(({ stored }) => [...stored].filter(([seq, text]) => texts.get(seq) !== text))
  return { lost: lost.length, gaps: log.filter(({ seq }, at) => seq !== at + 1).length, log }
}

/** Someone in a class who, as the client does, comes back after a loss: to whichever of the nodes answers. */
export class Visitor {
  readonly lessonId: string
  readonly peerId: string
  readonly role: Role
  /** What was answered as stored: the text of each message, by its place in the log. */
  readonly stored = new Map<number, string>()
  /** How long each absence took, in milliseconds. */
  readonly absences: number[] = []
  client!: TestClient
  /** Where it looks first, second, … */
  nodes: { url: string }[]
  private leaving = false
  private resumeToken: string | undefined
  private here: Promise<void>

  constructor(nodes: { url: string }[], lessonId: string, peerId: string, role: Role = 'student') {
    this.nodes = nodes
    this.lessonId = lessonId
    this.peerId = peerId
    this.role = role
    this.here = this.enter(0)
  }

  /** Resolves when it is in the room. */
  async inside(): Promise<this> {
    for (let seen: unknown; seen !== this.here; ) {
      seen = this.here
      await this.here
    }
    return this
  }

  /** Says it until that is stored, and returns its place in the log. */
  async say(text: string): Promise<number> {
    for (;;) {
      await this.inside()
      const answer = await this.client.request('sendMessage', { text }).catch(() => undefined)
      if (answer && 'seq' in answer) {
        this.stored.set(answer.seq, text)
        return answer.seq
      }
      await pause(100)
    }
  }

  leave(): void {
    this.leaving = true
    this.client?.socket.terminate()
  }

  private async enter(lostAt: number): Promise<void> {
    for (let attempt = 0; !this.leaving; attempt++) {
      if (lostAt > 0) await pause(delayBefore(attempt))
      const { url } = this.nodes[attempt % this.nodes.length]!
      try {
        const client = await connect(url, this.lessonId, this.peerId, this.role)
        const joined = await client.join(this.resumeToken)
        this.resumeToken = joined.resumeToken
        this.client = client
        if (lostAt > 0) this.absences.push(Date.now() - lostAt)
        client.closed.then(() => {
          if (!this.leaving) this.here = this.enter(Date.now())
        })
        return
      } catch {
        lostAt ||= Date.now()
      }
    }
  }
}
