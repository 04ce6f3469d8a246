/** The rival in sending segments: Debian's nginx with one worker, which sends files of a folder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../test/support/server.ts'
import { cpuMsOf, serveCommands } from '../child.ts'

const folder = await mkdtemp(join(tmpdir(), 'nginx-'))
const root = join(folder, 'files')
await mkdir(root)
const port = await freePort()
const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
await writeFile(
  join(folder, 'nginx.conf'),
  `daemon off; worker_processes 1; pid ${folder}/pid; ${process.getuid?.() === 0 ? 'user root;' : ''}
  events { worker_connections 1024; }
  http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; open_file_cache max=1000;
    ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
    server { listen 127.0.0.1:${port}; root ${root}; } }`,
)
const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
  stdio: ['ignore', 2, 2],
})
const ended = once(nginx, 'exit')

const commands = {
  /** The address of a file with these bytes. */
  async put(name: string, base64: string): Promise<string> {
    await writeFile(join(root, name), Buffer.from(base64, 'base64'))
    return `http://127.0.0.1:${port}/${name}`
  },

  cpuMs: async (): Promise<number> => cpuMsOf(await worker()),
}
export type FileServer = typeof commands

async function worker(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const [pid] = readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, 'utf8').trim().split(' ')
    if (pid) return Number(pid)
    await pause(50)
  }
  throw new Error('nginx has no worker')
}

serveCommands(commands, async () => {
  nginx.kill('SIGTERM')
  await ended
})
