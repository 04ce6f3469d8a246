/** The ways in: ports that are free, and addresses that browsers can reach. */
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { availableParallelism, networkInterfaces } from 'node:os'
import type { Settings } from '../../config/settings.ts'
import { workersFor } from '../../sfu/pool.ts'
import { fail, type Told, warn, well } from './finding.ts'

/** Free, or taken by this server, which then answers for itself. */
export async function webPort({ host, port }: Pick<Settings, 'host' | 'port'>): Promise<Told> {
  const trouble = await tcp(host, port)
  if (!trouble) return well(`${host}:${port} is free`)
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2000) }).catch(
    () => null,
  )
  if (answer?.ok) return well(`${host}:${port}: this server, or another like it, runs there`)
  return fail(`${host}:${port}: ${trouble}`, 'stop what listens there, or set PORT')
}

type MediaSettings = Pick<Settings, 'rtcPort' | 'rtcListenAddress' | 'workers'>

export async function mediaPorts({ rtcPort, rtcListenAddress, workers }: MediaSettings): Promise<Told> {
  const count = workers === 'auto' ? workersFor(availableParallelism()) : workers
  const range = count === 1 ? `${rtcPort}` : `${rtcPort}–${rtcPort + count - 1}`
  const taken: string[] = []
  for (let port = rtcPort; port < rtcPort + count; port++)
    for (const [protocol, look] of [
      ['UDP', udp],
      ['TCP', tcp],
    ] as const)
      if (await look(rtcListenAddress, port)) taken.push(`${protocol} ${port}`)
  if (taken.length === 0) return well(`UDP and TCP ${range} are free`)
  return warn(`taken: ${taken.join(', ')}`, 'by this server, if it runs; otherwise stop what has them, or set RTC_PORT')
}

/** What browsers are told to send media to. */
export async function announcedAddress(settings: Pick<Settings, 'rtcAnnouncedAddress' | 'publicUrl'>): Promise<Told> {
  const { rtcAnnouncedAddress: announced, publicUrl } = settings
  const own = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? [])
  const isPublic = !/^https?:\/\/(localhost|127\.)/.test(publicUrl)
  if (!announced) {
    const detail = 'each of this machine’s own addresses is offered'
    if (!isPublic || own.some((address) => !isPrivate(address))) return well(detail)
    return fail(detail, 'all of them are private: set RTC_ANNOUNCED_ADDRESS to the public one')
  }
  const resolved = await lookup(announced, { all: true }).catch(() => [])
  if (resolved.length === 0)
    return fail(`${announced} is no address and no known host name`, 'set RTC_ANNOUNCED_ADDRESS')
  const address = resolved[0]!.address
  const detail = announced === address ? announced : `${announced} (${address})`
  if (isPublic && isPrivate(address)) return fail(`${detail} is private`, 'browsers outside cannot reach it')
  if (own.includes(address)) return well(`${detail} is this machine’s own`)
  return well(`${detail}: the firewall must pass the media ports on to this machine`)
}

export function publicAddress({ publicUrl, demo }: Pick<Settings, 'publicUrl' | 'demo'>): Told {
  const { protocol, hostname } = new URL(publicUrl)
  if (protocol === 'https:' || hostname === 'localhost') return well(publicUrl)
  const advice = 'browsers give a page camera and microphone over https or on localhost only'
  return demo ? warn(publicUrl, advice) : fail(publicUrl, advice)
}

const PRIVATE =
  /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe80)/
const isPrivate = (address: string) => PRIVATE.test(address)

/** Undefined where the port can be opened, otherwise why it cannot. */
async function tcp(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  } finally {
    server.close()
  }
}

async function udp(host: string, port: number): Promise<string | undefined> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  try {
    socket.bind({ address: host, port, exclusive: true })
    await once(socket, 'listening')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  } finally {
    socket.close()
  }
}
