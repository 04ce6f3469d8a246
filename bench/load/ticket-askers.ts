/** People who ask for tickets, each from an address of their own, as fast as they are answered. */
import { Agent, request } from 'node:http'
import { serveCommands } from '../child.ts'
import { loopbackAddress } from './loopback.ts'

const commands = {
  /** How long each answer took, and all of them together, in milliseconds. */
  async ask(address: string, tokens: string[], rounds: number, concurrency: number) {
    const askers = tokens.map((token, index) => ({
      token,
      agent: new Agent({ keepAlive: true, maxSockets: 1, localAddress: loopbackAddress(index) }),
    }))
    const left = Array.from({ length: rounds }, () => askers).flat()
    const tookMs: number[] = []
    const askAll = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        const startedAt = performance.now()
        await post(address, next)
        tookMs.push(performance.now() - startedAt)
      }
    }
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: concurrency }, askAll))
    const togetherMs = performance.now() - startedAt
    for (const { agent } of askers) agent.destroy()
    return { tookMs, togetherMs }
  },
}
export type TicketAskers = typeof commands

function post(address: string, { token, agent }: { token: string; agent: Agent }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const asking = request(
    address,
    { method: 'POST', agent, headers: { authorization: `Bearer ${token}` } },
    (answer) => {
      answer.resume()
      if (answer.statusCode === 200) answer.on('end', resolve)
      else reject(new Error(`a ticket was refused with ${answer.statusCode}`))
    },
  )
  asking.on('error', reject)
  asking.end()
  return promise
}

serveCommands(commands)
