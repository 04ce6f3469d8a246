/** Media that goes out by an offer of SDP (WHEP): one picture and one sound, under the numbers that the client gave them. */
import type { types as mediasoup } from 'mediasoup'
import type { SdpSession } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { mediaCodecs } from '../codecs.ts'
import { fromClient, stillOpen } from '../failures.ts'
import type { MediaPeer } from '../media-peer.ts'
import type { Layout } from '../star.ts'
import { closeWithItsClient } from '../webrtc-transport.ts'
import { type AnsweredSection, answerTo } from './answer.ts'
import { type OfferedCodec, offeredCodecs, offeredExtensions } from './codecs.ts'
import { type OfferedSection, readOffer } from './offer.ts'
import { controlOf } from './receive.ts'

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
/** A worker measures the network by what these bring back. */
const MEASURING = ['transport-cc', 'goog-remb']

export type Delivering = {
  capabilities: mediasoup.RtpCapabilities
  /** What is shown: one of each kind at most. */
  producers: mediasoup.Producer[]
  /** Opens the peer's `recv` transport on a router that numbers its codecs like this. */
  openSeat(layout: Layout): Promise<mediasoup.WebRtcTransport>
  watch(consumer: mediasoup.Consumer, producerId: string): void
  ended(): void
}

type Plan = { section: OfferedSection; producer: mediasoup.Producer | undefined; codecs: OfferedCodec[] }

/** Throws `bad_request` for what is no offer to receive, and `not_acceptable` where its client cannot play what is shown. */
export async function deliver(peer: MediaPeer, sdp: string, delivering: Delivering): Promise<SdpSession> {
  const { capabilities, producers, openSeat, watch, ended } = delivering
  const offer = readOffer(sdp, 'recv')
  const plans = offer.sections.map((section) => planFor(section, producers, capabilities))
  if (plans.every(({ producer }) => !producer))
    throw new AppError('not_acceptable', 'nothing that is shown was asked for')
  const transport = await openSeat(layoutOf(plans))
  closeWithItsClient(transport, ended)
  try {
    await fromClient(() => transport.connect({ dtlsParameters: offer.dtlsParameters }))
    const answered: AnsweredSection[] = []
    // In order: all of them are on one transport.
    for (const plan of plans) answered.push(await deliverOne(peer, plan, capabilities, watch))
    return { answer: answerTo(offer, stillOpen(transport), answered), ...controlOf(transport) }
  } catch (error) {
    transport.close()
    throw error
  }
}

function planFor(
  section: OfferedSection,
  producers: mediasoup.Producer[],
  capabilities: mediasoup.RtpCapabilities,
): Plan {
  const producer = producers.find(({ kind }) => kind === section.kind)
  const all = offeredCodecs(section, capabilities)
  const codecs = producer ? all.filter(({ capability }) => isOf(capability, producer)) : all.slice(0, 1)
  if (codecs.length === 0) throw new AppError('not_acceptable', `the ${section.kind} cannot be played by this client`)
  return { section, producer, codecs }
}

const isOf = ({ mimeType }: mediasoup.RtpCodecCapability, { rtpParameters }: mediasoup.Producer) =>
  rtpParameters.codecs[0]?.mimeType.toLowerCase() === mimeType.toLowerCase()

/** The router's own codecs, under the client's numbers: a consumer keeps the numbers of its router. */
function layoutOf(plans: Plan[]): Layout {
  const numbered = plans.flatMap(({ codecs: [codec] }) => {
    const own = mediaCodecs.find(({ mimeType }) => mimeType.toLowerCase() === codec!.capability.mimeType.toLowerCase())
    return own ? [{ ...own, preferredPayloadType: codec!.payloadType }] : []
  })
  // The sound first: a picture is given a second number, for what is sent again, out of those that are left.
  const mediaCodecsOf = numbered.toSorted((a, b) => a.kind.localeCompare(b.kind))
  const name = mediaCodecsOf.map(({ mimeType, preferredPayloadType }) => `${mimeType} ${preferredPayloadType}`).join()
  return { name, mediaCodecs: mediaCodecsOf }
}

async function deliverOne(
  peer: MediaPeer,
  { section, producer, codecs: [codec] }: Plan,
  router: mediasoup.RtpCapabilities,
  watch: Delivering['watch'],
): Promise<AnsweredSection> {
  const { capability, payloadType, parameters, rtcpFeedback } = codec!
  const { kind, mimeType, clockRate, channels } = capability
  const headerExtensions = numberedAlike(section, router)
  const measures = headerExtensions.some(
    ({ uri }) => uri.includes('transport-wide-cc') || uri.includes('abs-send-time'),
  )
  const feedback = rtcpFeedback.filter(({ type }) => measures || !MEASURING.includes(type))
  const answered = {
    section,
    codecs: [{ name: mimeType.split('/')[1]!, payloadType, clockRate, channels, parameters, rtcpFeedback: feedback }],
    headerExtensions,
  }
  if (!producer) return { ...answered, direction: 'inactive' }
  const consumer = await peer.consume(
    producer,
    {
      codecs: [{ ...capability, preferredPayloadType: payloadType, rtcpFeedback: feedback }],
      headerExtensions: headerExtensions.map(({ uri, id }) => ({ kind, uri, preferredId: id })),
    },
    1,
  )
  if (!consumer) throw new AppError('not_acceptable', `the ${section.kind} cannot be played by this client`)
  watch(consumer, producer.id)
  await fromClient(() => consumer.resume())
  const { rtcp, encodings = [] } = consumer.rtpParameters
  const [streamId, trackId] = [peer.id, `${peer.id}-${kind}`]
  const stream = { ssrc: encodings[0]!.ssrc!, rtxSsrc: undefined, cname: rtcp?.cname ?? peer.id, streamId, trackId }
  return { ...answered, direction: 'sendonly', stream }
}

/** Those extensions whose number the client and the router happen to agree on: a worker sends its own numbers. */
const numberedAlike = (section: OfferedSection, router: mediasoup.RtpCapabilities) =>
  offeredExtensions(section, router, 'send').filter(
    ({ uri, id }) =>
      uri !== MID &&
      router.headerExtensions?.some(
        (own) => own.uri === uri && own.preferredId === id && (!own.kind || own.kind === section.kind),
      ),
  )
