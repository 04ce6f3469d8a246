/** A service of somebody else's, on loopback: keeps what it was asked, and answers as the test says. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

export type Asked = { method: string; url: URL; headers: IncomingMessage['headers']; body: string }
export type Answered = { status?: number; body?: unknown; headers?: Record<string, string> }

/** Ends with the test. An answer of undefined is none at all: the connection is cut. */
export async function openHttpDouble(t: Test, answer: (asked: Asked) => Answered | undefined) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const url = new URL(request.url!, `http://${request.headers.host}`)
    const entry = { method: request.method!, url, headers: request.headers, body: Buffer.concat(chunks).toString() }
    asked.push(entry)
    const given = answer(entry)
    if (!given) return request.destroy()
    const { status = 200, body = '', headers = {} } = given
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
