/**
 * Any node serves anyone: what needs the room of a lesson, and comes to a node that does not have it, is passed on to the
 * one that has, once, byte by byte.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { Agent, request as ask, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as askSecurely, Agent as SecureAgent } from 'node:https'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../signaling/protocol/errors.ts'

/** Longer than a node that died keeps its rooms. */
const PATIENCE_MS = 6000
const LOOK_AGAIN_MS = 150
const LOOK_MEANWHILE_MS = 500
const SIGNED_FOR_MS = 60_000
/** Who has waited for what another node is asked for has sent all of it: so much at most. */
const MOST_BODY_BYTES = 64 * 1024
/** RFC 9110, section 15.5.20. */
const MISDIRECTED = 421
const PASSED_ON = 'x-passed-on'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** RFC 9110, section 7.6.1: they are about one connection. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']

declare module 'fastify' {
  interface FastifyRequest {
    /** Another node passed it on; its `ip` is who asked that one. */
    passedOn: boolean
  }
  interface FastifyContextConfig {
    /** The lesson whose room the route needs; undefined where the address names none. */
    lessonOf?: (request: FastifyRequest) => string | undefined
  }
}

/** The address of the node that has the room; null: this one, or none. Throws `unavailable` while that is being decided. */
type Locate = () => Promise<string | null>

export type NodesDeps = {
  secret: Uint8Array
  now: () => number
  find: (lessonId: string) => Promise<string | null>
  has: (lessonId: string) => boolean
}
export type Nodes = ReturnType<typeof createNodes>

export function createNodes({ secret, now, find, has }: NodesDeps) {
  const seal = createSeal(secret, now)
  const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new SecureAgent({ keepAlive: true }) }
  const open = new Set<Duplex>()

  /** What the node at this address answers; undefined where none is there, or it does not have the room either. */
  const answerOf = async (address: string, request: FastifyRequest, body: Buffer | undefined, locate: Locate) => {
    const { protocol, hostname, port } = new URL(address)
    const { method = 'GET', url: path = '/' } = request.raw
    const upgrade = request.headers.upgrade
    const headers = {
      // What is sent is counted anew: a length without its body would take the next request on this connection for it.
      ...endToEnd(request.headers, 'content-length'),
      ...(upgrade && { connection: 'upgrade', upgrade }),
      [PASSED_ON]: seal.sign(request.ip, method, path),
    }
    const given = { hostname, port, path, method, headers }
    const asked = protocol === 'https:' ? askSecurely : ask
    const agent = upgrade ? false : agents[protocol as keyof typeof agents]
    const passed = asked({ ...given, agent })
    const giveUp = () => passed.destroy()
    request.raw.socket.once('close', giveUp)
    const watching = setInterval(() => {
      locate().then(
        (current) => current !== address && giveUp(),
        () => {},
      )
    }, LOOK_MEANWHILE_MS)
    try {
      const answer = await answered(passed.end(body))
      if (answer.message.statusCode !== MISDIRECTED) return answer
      answer.message.resume()
    } catch {
      if (request.raw.socket.destroyed) throw new AppError('unavailable', 'nobody waits for this any more')
    } finally {
      clearInterval(watching)
      request.raw.socket.off('close', giveUp)
    }
    return undefined
  }

  /** Whether the request has been answered: by the node that has the room. */
  const passOn = async (request: FastifyRequest, reply: FastifyReply, locate: Locate): Promise<boolean> => {
    let body: Buffer | undefined
    for (const until = now() + PATIENCE_MS; ; await pause(LOOK_AGAIN_MS)) {
      const late = now() > until
      const address = await locate().catch((error) => {
        if (late || !isUnavailable(error)) throw error
        return undefined
      })
      if (address === undefined) continue
      if (address === null && body) throw new AppError('unavailable', 'the room has moved', { retryAfterSeconds: 1 })
      if (address === null) return false
      if (late) throw new AppError('unavailable', 'the node that has this room does not answer')
      body ??= await bodyOf(request)
      const answer = await answerOf(address, request, body, locate)
      if (!answer) continue
      reply.hijack()
      if (answer.socket) join(request, reply, answer.message, answer.socket, answer.head)
      else relay(reply, answer.message)
      return true
    }
  }

  const join = (request: FastifyRequest, reply: FastifyReply, message: IncomingMessage, far: Duplex, head: Buffer) => {
    const near = request.raw.socket
    reply.raw.detachSocket(near)
    for (const socket of [near, far]) {
      if (socket instanceof Socket) socket.setNoDelay(true).setTimeout(0)
      open.add(socket)
      socket.on('close', () => open.delete(socket))
    }
    near.write(`HTTP/1.1 101 Switching Protocols\r\n${linesOf(message)}\r\n`)
    if (head.length > 0) near.write(head)
    tie(near, far)
  }

  return {
    /** Comes before all that counts requests: each is counted by the node that serves it. */
    serve(app: FastifyInstance) {
      app.decorateRequest('passedOn', false)
      app.addHook('onRequest', async (request, reply) => {
        const ip = seal.read(request)
        if (ip !== undefined) {
          request.passedOn = true
          Object.defineProperty(request, 'ip', { value: ip })
        }
        const lessonId = request.routeOptions.config.lessonOf?.(request)
        if (lessonId === undefined || !UUID.test(lessonId) || has(lessonId)) return
        if (request.passedOn) return misdirected(reply)
        await passOn(request, reply, () => find(lessonId))
      })
      app.addHook('preClose', async () => {
        for (const socket of open) socket.destroy()
        for (const agent of Object.values(agents)) agent.destroy()
      })
    },

    /** The same for a socket: `locate` opens the room here where no other node has it. True where all is done. */
    async bring(request: FastifyRequest, reply: FastifyReply, locate: Locate): Promise<boolean> {
      const orHere = (error: unknown) => {
        request.log.debug({ err: error }, 'the room says so itself: nobody can read why a socket was refused')
        return false
      }
      if (!request.passedOn) return passOn(request, reply, locate).catch(orHere)
      const address = await locate().catch((error) => (isUnavailable(error) ? undefined : null))
      if (address === null) return false
      misdirected(reply)
      return true
    },
  }
}

const isUnavailable = (error: unknown) => error instanceof AppError && error.code === 'unavailable'

const misdirected = (reply: FastifyReply) =>
  reply.code(MISDIRECTED).send({ error: { code: 'unavailable', message: 'this node does not have the room' } })

type Answer = { message: IncomingMessage; socket?: Duplex; head: Buffer }

const answered = (request: ClientRequest): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request.on('response', (message) => resolve({ message, head: Buffer.alloc(0) }))
    request.on('upgrade', (message, socket, head) => resolve({ message, socket, head }))
    request.on('error', reject)
    request.on('close', () => reject(new Error('it closed without an answer')))
  })

async function bodyOf({ method, headers, raw }: FastifyRequest): Promise<Buffer | undefined> {
  if (method === 'GET' || method === 'HEAD') return undefined
  if (!(Number(headers['content-length'] ?? 0) <= MOST_BODY_BYTES) || headers['transfer-encoding'])
    throw new AppError('too_large', 'this is too much to pass on')
  return buffer(raw)
}

function relay(reply: FastifyReply, message: IncomingMessage): void {
  reply.raw.writeHead(message.statusCode!, endToEnd(message.headers))
  message.on('error', () => {}).on('close', () => message.complete || reply.raw.destroy())
  reply.raw.on('close', () => message.destroy())
  message.pipe(reply.raw)
}

/**
 * What one says the other hears, and they end together. Neither is told of the other's error, as `pipeline` would: a
 * library of ours marks each error with its socket, and throws where one comes to a second.
 */
function tie(near: Duplex, far: Duplex): void {
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on('error', () => {}).on('close', () => other.destroy())
    one.pipe(other)
  }
}

function endToEnd(headers: IncomingHttpHeaders, ...others: string[]): IncomingHttpHeaders {
  const named = String(headers.connection ?? '').split(',')
  const dropped = new Set([...HOP_BY_HOP, PASSED_ON, ...others, ...named.map((name) => name.trim().toLowerCase())])
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)))
}

function linesOf({ rawHeaders }: IncomingMessage): string {
  let lines = ''
  for (let at = 0; at < rawHeaders.length; at += 2) lines += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`
  return lines
}

/** Says for whom another node asks, in a way that only nodes with our secret can. */
function createSeal(secret: Uint8Array, now: () => number) {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'requests that nodes pass on', 32))
  const mac = (...parts: string[]) => createHmac('sha256', key).update(parts.join('\n')).digest()
  return {
    sign(ip: string, method: string, url: string): string {
      const at = String(now())
      return `${at};${ip};${mac(at, ip, method, url).toString('base64url')}`
    },
    /** Whose request it was. */
    read({ headers, raw: { method = '', url = '' } }: FastifyRequest): string | undefined {
      const [at = '', ip = '', given = ''] = String(headers[PASSED_ON] ?? '').split(';')
      if (given === '' || !(Math.abs(now() - Number(at)) < SIGNED_FOR_MS)) return undefined
      const offered = Buffer.from(given, 'base64url')
      const right = mac(at, ip, method, url)
      return offered.length === right.length && timingSafeEqual(offered, right) ? ip : undefined
    },
  }
}
