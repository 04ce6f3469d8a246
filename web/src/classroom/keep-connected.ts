/** Brings a transport back after the network changed: new ICE credentials first, a new transport if that does not help. */
import type { types as mediasoup } from 'mediasoup-client'
import type { Log } from './log.ts'
import { isAway, type Request } from './signaling-client.ts'

export const recovery = {
  /** `disconnected` often heals by itself within this time. */
  patienceMs: 800,
  /** New credentials have this long to work. */
  restartMs: 6000,
} as const

type Options = {
  request: Request
  log: Log
  /** Opens a new transport in place of this one. */
  rebuild: () => void
  onState?: (state: mediasoup.ConnectionState) => void
}

/** Watches a transport until it closes. Returns a check to call when signaling is back, which mends what broke meanwhile. */
export function keepConnected(transport: mediasoup.Transport, { request, log, rebuild, onState }: Options): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const { direction } = transport

  const restart = async () => {
    clearTimeout(timer)
    if (transport.closed) return
    log.info('restarting ICE', { direction })
    try {
      const { iceParameters } = await request('restartIce', { transportId: transport.id })
      await transport.restartIce({ iceParameters: iceParameters as mediasoup.IceParameters })
      timer = setTimeout(giveUp, recovery.restartMs)
    } catch (error) {
      log.info('ICE could not be restarted', { direction, error: String(error) })
      if (!isAway(error)) rebuildIfBroken()
    }
  }
  /** Without signaling a new transport cannot be had: this one waits for the return, as the server's end of it does. */
  const giveUp = () => request('ping', {}).then(rebuildIfBroken, () => {})
  const rebuildIfBroken = () => {
    if (!transport.closed && transport.connectionState !== 'connected') rebuild()
  }

  transport.on('connectionstatechange', (state) => {
    log.info(`${direction} transport ${state}`)
    clearTimeout(timer)
    onState?.(state)
    if (state === 'disconnected') timer = setTimeout(restart, recovery.patienceMs)
    if (state === 'failed') void restart()
  })
  transport.observer.on('close', () => clearTimeout(timer))

  return () => {
    if (transport.connectionState === 'disconnected' || transport.connectionState === 'failed') void restart()
  }
}
