/** RTMP by nginx's module (Debian: libnginx-mod-rtmp): a process of its own that asks this one about every publisher. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { RtmpPublishers, RtmpServer } from '../streaming/rtmp.ts'

const MODULE = '/usr/lib/nginx/modules/ngx_rtmp_module.so'
const APPLICATION = 'live'
const LOCAL = '127.0.0.1'
const MOST_QUESTION_BYTES = 8192
const STOP_AFTER_MS = 2000
/** Debian's user without rights. */
const NOBODY = 65534

type Log = { info(details: object, message: string): void; error(details: object, message: string): void }

export type NginxRtmpOptions = { host: string; port: number; publishers: RtmpPublishers; log: Log }

/** Throws where nginx or its module is missing, or the port is taken. */
export async function startNginxRtmp({ host, port, publishers, log }: NginxRtmpOptions): Promise<RtmpServer> {
  if (!existsSync(MODULE)) throw new Error('RTMP_PORT needs the Debian packages "nginx-light" and "libnginx-mod-rtmp"')
  const url = (name: string) => `rtmp://${LOCAL}:${port}/${APPLICATION}/${name}`
  const questions = await answerQuestions(publishers, url)
  const asked = (questions.address() as AddressInfo).port
  const control = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-rtmp-'))
  writeFileSync(join(folder, 'nginx.conf'), configuration({ host, port, asked, control }), { mode: 0o644 })
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  const rights = isRoot ? ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'] : []
  // Its end comes with this process's, however that ends.
  const leash = [
    '--pdeathsig',
    'KILL',
    ...rights,
    'nginx',
    '-p',
    folder,
    '-c',
    join(folder, 'nginx.conf'),
    '-e',
    'stderr',
  ]
  const child = spawn('setpriv', leash, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (line: string) => {
    said = (said + line).slice(-2000)
  })
  const exited = once(child, 'exit').catch(() => {})
  let closing = false
  void exited.then(() => closing || log.error({ said }, 'the server of RTMP is gone'))
  const close = async () => {
    closing = true
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_AFTER_MS)
    await exited
    clearTimeout(timer)
    questions.closeAllConnections()
    questions.close()
    rmSync(folder, { recursive: true, force: true })
  }
  if (!(await isUp(control, () => child.exitCode !== null))) {
    await close()
    throw new Error(`nginx does not serve RTMP: ${said.trim()}`)
  }
  log.info({ port }, 'RTMP is taken')
  return {
    close,
    drop: async (name) => {
      await fetch(`http://${LOCAL}:${control}/control/drop/publisher?app=${APPLICATION}&name=${name}`)
    },
  }
}

/** nginx asks here, by a form, and lets in only whom a redirection names. */
async function answerQuestions(publishers: RtmpPublishers, url: (name: string) => string): Promise<Server> {
  /** By the client's number: at its end nginx tells the key again. */
  const given = new Map<string, string>()
  const server = createServer((request, response) => {
    const answer = (status: number, headers = {}) => response.writeHead(status, headers).end()
    answerOne(request).then(
      (name) => (name ? answer(302, { location: name }) : answer(request.url === '/publish' ? 403 : 200)),
      () => answer(500),
    )
  })
  async function answerOne(request: IncomingMessage): Promise<string | undefined> {
    if (Number(request.headers['content-length'] ?? 0) > MOST_QUESTION_BYTES) return undefined
    const asked = new URLSearchParams(await text(request))
    const client = asked.get('clientid') ?? ''
    if (request.url === '/done') {
      publishers.ended(given.get(client) ?? '')
      given.delete(client)
    }
    if (request.url !== '/publish') return undefined
    const name = await publishers.begin(asked.get('name') ?? '')
    if (!name) return undefined
    given.set(client, name)
    // The stream is there once nginx has read this answer; who reads it waits for it.
    setImmediate(() => publishers.began(name, url(name)))
    return name
  }
  server.listen(0, LOCAL)
  await once(server, 'listening')
  return server
}

const configuration = ({
  host,
  port,
  asked,
  control,
}: {
  host: string
  port: number
  asked: number
  control: number
}) => `
load_module ${MODULE};
daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events { worker_connections 256; }
rtmp {
  access_log off;
  max_message 4M;
  timeout 15s;
  server {
    listen ${host}:${port};
    ${host === '0.0.0.0' || host === LOCAL ? '' : `listen ${LOCAL}:${port};`}
    max_connections 100;
    application ${APPLICATION} {
      live on;
      wait_key on;
      wait_video on;
      drop_idle_publisher 10s;
      on_publish http://${LOCAL}:${asked}/publish;
      on_publish_done http://${LOCAL}:${asked}/done;
      allow play ${LOCAL};
      deny play all;
    }
  }
}
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen ${LOCAL}:${control};
    location /control { rtmp_control all; }
    location / { return 204; }
  }
}
`

async function isUp(port: number, isGone: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 100 && !isGone(); tries++) {
    const answered = await fetch(`http://${LOCAL}:${port}/`).then(
      ({ status }) => status === 204,
      () => false,
    )
    if (answered) return true
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return false
}

async function freePort(): Promise<number> {
  const server = createSocket().listen(0, LOCAL)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
