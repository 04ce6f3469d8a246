/** Viewers of low-latency HLS who play nothing: blocking reloads and parts of picture and sound, as players ask for them. */
import { Agent, get, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { serveCommands } from '../child.ts'

const RENDITIONS = ['v0', 'opus']
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
let answers = 0
let failures = 0
let watching = false

const commands = {
  /** From now on each of these addresses has a viewer; they come in one after the other. */
  async watch(addresses: string[], everyMs: number): Promise<void> {
    watching = true
    for (const address of addresses) {
      for (const rendition of RENDITIONS) void follow(`${address}/${rendition}`)
      await new Promise((resolve) => setTimeout(resolve, everyMs))
    }
  },

  counts: () => ({ answers, failures }),

  leave(): void {
    watching = false
  },

  /** Fetches these files over and over for so long, and says how many bytes came. */
  async fetchFor(urls: string[], ms: number, concurrency: number): Promise<number> {
    const until = performance.now() + ms
    let [next, bytes] = [0, 0]
    const fetchAll = async () => {
      while (performance.now() < until) bytes += (await fetch(urls[next++ % urls.length]!)).length
    }
    await Promise.all(Array.from({ length: concurrency }, fetchAll))
    return bytes
  },

  /** What is at this address. */
  read: async (url: string): Promise<string> => String(await fetch(url)),
  bytes: async (url: string): Promise<string> => (await fetch(url)).toString('base64'),
}
export type LiveViewers = typeof commands

async function follow(base: string): Promise<void> {
  let query = ''
  while (watching) {
    try {
      const text = String(await fetch(`${base}/index.m3u8${query}`))
      const listed = [...text.matchAll(/^#EXT-X-PART:.*URI="([^"]+)"/gm)].at(-1)?.[1]
      const [, msn, part] = /^#EXT-X-PRELOAD-HINT:.*URI="(\d+)\.(\d+)\.m4s"/m.exec(text) ?? []
      if (listed) await fetch(`${base}/${listed}`)
      query = `?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`
    } catch {
      failures += 1
      query = ''
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
}

async function fetch(url: string): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(url, { agent, headers: { 'accept-encoding': 'gzip' } }, resolve).on('error', reject)
  const answer = await promise
  const bytes = await buffer(answer)
  if (answer.statusCode !== 200) throw new Error(`${url} was answered with ${answer.statusCode}`)
  answers += 1
  return answer.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
}

serveCommands(commands, () => agent.destroy())
