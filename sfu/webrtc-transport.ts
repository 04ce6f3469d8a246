/** The transports of WebRTC: how all of them are made, and when one that nobody signals for any more is given up. */
import type { types as mediasoup } from 'mediasoup'

const INITIAL_OUTGOING_BITRATE = 1_200_000
const ICE_CONSENT_TIMEOUT_SECONDS = 12
const FIRST_CONTACT_MS = 30_000
/** For a restart of ICE. */
const LOST_CONTACT_MS = 15_000

/** Where transports of a room are made. */
export type Home = { router: mediasoup.Router; webRtcServer: mediasoup.WebRtcServer }

export const createWebRtcTransport = ({ router, webRtcServer }: Home): Promise<mediasoup.WebRtcTransport> =>
  router.createWebRtcTransport({
    webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    enableSctp: false,
    iceConsentTimeout: ICE_CONSENT_TIMEOUT_SECONDS,
    initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
  })

/**
 * Closes a transport whose client did not come, went, or was not heard of for too long: for clients without a socket,
 * which nobody else misses. `ended` is called once, whoever closes it.
 */
export function closeWithItsClient(transport: mediasoup.WebRtcTransport, ended: () => void): void {
  let giveUp = setTimeout(() => closeQuietly(transport), FIRST_CONTACT_MS)
  transport.on('icestatechange', (state) => {
    if (state === 'connected' || state === 'completed') clearTimeout(giveUp)
    if (state !== 'disconnected') return
    clearTimeout(giveUp)
    giveUp = setTimeout(() => closeQuietly(transport), LOST_CONTACT_MS)
  })
  transport.on('dtlsstatechange', (state) => {
    if (state === 'failed' || state === 'closed') closeQuietly(transport)
  })
  transport.observer.once('close', () => {
    clearTimeout(giveUp)
    ended()
  })
}

/** The channel to a broken worker throws; what was on it goes with it. */
export function closeQuietly(thing: { close(): void }): void {
  try {
    thing.close()
  } catch {}
}
