/** Media that comes in by an offer of SDP (WHIP): a transport of its own, whose producers are a peer's. */
import type { types as mediasoup } from 'mediasoup'
import type { Incoming, Publication, SdpSession } from '../../signaling/ports.ts'
import { type Source, sources } from '../../signaling/protocol/constants.ts'
import { fromClient, stillOpen } from '../failures.ts'
import { KEY_FRAME_DELAY_MS } from '../media-peer.ts'
import { soundRtpParameters } from '../rtp-check.ts'
import { closeQuietly, closeWithItsClient, createWebRtcTransport, type Home } from '../webrtc-transport.ts'
import { type AnsweredSection, answerTo, iceFragment } from './answer.ts'
import { iceUfragOf, readOffer } from './offer.ts'
import { type Sending, sendingOf } from './sending.ts'

export type Receiving = {
  maxIncomingBitrate: number
  publish(source: Source, producer: mediasoup.Producer): Publication
  /** Called once, when nothing comes in any more. */
  ended(): void
}

/** Throws `bad_request` for what is no offer of this kind, and `not_acceptable` for one that cannot be taken whole. */
export async function receive(home: Home, sdp: string, receiving: Receiving): Promise<Incoming & SdpSession> {
  const { rtpCapabilities } = home.router
  const offer = readOffer(sdp, 'send')
  const sendings = offer.sections.map((section) => sendingOf(section, rtpCapabilities))
  const transport = await fromClient(() => createWebRtcTransport(home))
  try {
    await fromClient(() => transport.setMaxIncomingBitrate(receiving.maxIncomingBitrate))
    await fromClient(() => transport.connect({ dtlsParameters: offer.dtlsParameters }))
    const publications = await Promise.all(sendings.map((sending) => produce(transport, sending, receiving)))
    closeWithItsClient(stillOpen(transport), receiving.ended)
    const answer = answerTo(offer, transport, sendings.map(answered))
    return { answer, way: 'whip', publications, warnings: new Set(), ...controlOf(transport) }
  } catch (error) {
    closeQuietly(transport)
    throw error
  }
}

/** What a client may ask of a transport later. */
export const controlOf = (transport: mediasoup.WebRtcTransport) => ({
  // A worker finds its clients by what they send: where they say they are is only checked to be that.
  trickle: (fragment: string) => void iceUfragOf(fragment),
  restartIce: async (fragment: string) => {
    iceUfragOf(fragment)
    return iceFragment(await fromClient(() => transport.restartIce()))
  },
  close: () => closeQuietly(transport),
})

const sourceOf: Record<mediasoup.MediaKind, Source> = { video: sources[0], audio: sources[1] }

async function produce(transport: mediasoup.WebRtcTransport, sending: Sending, { publish }: Receiving) {
  const { kind } = sending.section
  const rtpParameters = soundRtpParameters(kind, sending.rtpParameters)
  const options = { kind, rtpParameters, keyFrameRequestDelay: KEY_FRAME_DELAY_MS }
  return publish(sourceOf[kind], stillOpen(await fromClient(() => transport.produce(options)), transport))
}

function answered({ section, codec, rtpParameters, rids }: Sending): AnsweredSection {
  return {
    section,
    direction: 'recvonly',
    codecs: rtpParameters.codecs.map(({ mimeType, payloadType, clockRate, channels, parameters, rtcpFeedback }) => ({
      name: mimeType.split('/')[1]!,
      payloadType,
      clockRate,
      channels,
      parameters: payloadType === codec.payloadType ? codec.parameters : (parameters ?? {}),
      rtcpFeedback: rtcpFeedback ?? [],
    })),
    headerExtensions: rtpParameters.headerExtensions ?? [],
    rids,
  }
}
