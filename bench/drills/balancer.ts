/** What stands in front of nodes, at its plainest: a connection goes to the first node that takes it, byte by byte. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** `ports` says where the nodes are now; each connection begins with another of them. */
export async function openBalancer(ports: () => number[]) {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((near) => {
    open.add(near)
    near.on('error', () => {}).on('close', () => open.delete(near))
    turn += 1
    const all = ports()
    const from = turn % Math.max(1, all.length)
    void attempt(near, [...all.slice(from), ...all.slice(0, from)])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

async function attempt(near: Socket, ports: number[]): Promise<void> {
  for (const port of ports) {
    if (near.destroyed) return
    const far = connect(port, '127.0.0.1')
    try {
      await once(far, 'connect')
    } catch {
      continue
    }
    near.on('close', () => far.destroy()).pipe(far)
    far
      .on('error', () => {})
      .on('close', () => near.destroy())
      .pipe(near)
    return
  }
  near.destroy()
}
