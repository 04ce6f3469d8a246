/** A bare server of broadcasts for measuring them: our live renditions, a rival's folder, and a page with hls.js. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import type { LiveBroadcast } from '../../sfu/hls/ports.ts'

const hlsJs = resolve(import.meta.dirname, '../../node_modules/hls.js/dist/hls.min.js')
/** The settings of our player: three parts from the edge, and catching up to it. */
const PAGE = `<!doctype html><video muted autoplay playsinline></video><script src="/hls.js"></script><script>
const low = location.hash.startsWith('#/live')
const hls = new Hls(low ? { lowLatencyMode: true, liveSyncDuration: 0.6, liveMaxLatencyDuration: 3,
  maxLiveSyncPlaybackRate: 1.5, liveSyncOnStallIncrease: 0.2 } : {})
hls.loadSource(location.hash.slice(1))
hls.attachMedia(document.querySelector('video'))
</script>`

type Answer = { body: string | Buffer; type: string } | undefined

/** Listens on loopback, and gives its address. `folder`: where the rival writes. */
export async function serveHls(live: LiveBroadcast, folder?: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const answer = await answerTo(new URL(request.url!, 'http://localhost'), live, folder).catch(() => undefined)
    response.writeHead(answer ? 200 : 404, answer ? { 'content-type': answer.type } : {})
    response.end(answer?.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, close }
}

async function answerTo({ pathname, searchParams }: URL, live: LiveBroadcast, folder?: string): Promise<Answer> {
  const [, area, first = '', file = ''] = pathname.split('/')
  if (area === 'page.html') return { body: PAGE, type: 'text/html' }
  if (area === 'hls.js') return { body: await readFile(hlsJs), type: 'text/javascript' }
  if (area === 'rival' && folder) return { body: await readFile(join(folder, first)), type: typeOf(first) }
  if (area !== 'live') return
  if (first === 'index.m3u8') return { body: await live.multivariant(), type: typeOf(first) }
  if (file === 'index.m3u8') {
    const [msn, part] = [searchParams.get('_HLS_msn'), searchParams.get('_HLS_part')]
    const ask = { ...(msn ? { msn: Number(msn) } : {}), ...(part ? { part: Number(part) } : {}) }
    const { text, status } = await live.playlist(first, { ...ask, skip: searchParams.get('_HLS_skip') === 'YES' })
    return status === 'ok' ? { body: text, type: typeOf(file) } : undefined
  }
  const [, init, msn, part] = /^(?:init-(\d+)\.mp4|(\d+)(?:\.(\d+))?\.m4s)$/.exec(file) ?? []
  const body =
    init !== undefined
      ? live.init(first, Number(init))
      : part !== undefined
        ? await live.part(first, Number(msn), Number(part))
        : await live.segment(first, Number(msn))
  return body && { body, type: 'video/mp4' }
}

const typeOf = (name: string) => (name.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4')
