/** Which of the codecs in a section of an offer are ours, and under which payload types the client knows them. */
import type { types as mediasoup } from 'mediasoup'
import type { OfferedSection } from './offer.ts'
import { formatOf } from './offer.ts'

/** A codec of the router, as the client numbers it. */
export type OfferedCodec = {
  capability: mediasoup.RtpCodecCapability
  payloadType: number
  /** As the client wrote them. */
  parameters: Record<string, string | number>
  rtcpFeedback: mediasoup.RtcpFeedback[]
  /** Where lost packets are sent again. */
  rtxPayloadType: number | undefined
}

/**
 * Those of the router's codecs that are offered, in the router's order. Of several H.264s it is the one that all
 * browsers play, or else any in packets of the same kind: its profile is what an encoder says, and decoders take more.
 */
export function offeredCodecs({ media, kind }: OfferedSection, router: mediasoup.RtpCapabilities): OfferedCodec[] {
  const capabilities = (router.codecs ?? []).filter((codec) => codec.kind === kind && !/\/rtx$/i.test(codec.mimeType))
  return capabilities.flatMap((capability) => {
    const name = capability.mimeType.split('/')[1]!.toLowerCase()
    const candidates = media.rtp
      .filter(({ codec, rate, encoding }) => {
        const sameRate = Number(rate) === capability.clockRate
        return codec.toLowerCase() === name && sameRate && Number(encoding ?? 1) === (capability.channels ?? 1)
      })
      .map(({ payload }) => ({ payloadType: Number(payload), parameters: formatOf(media, Number(payload)) }))
      .filter(({ payloadType }) => Number.isInteger(payloadType) && payloadType >= 0 && payloadType <= 127)
    const playable = name === 'h264' ? candidates.filter(inPackets).sort(baselineFirst) : candidates
    const [best] = playable
    if (!best) return []
    const rtcpFeedback = feedbackOf(media, best.payloadType, capability)
    return [{ ...best, capability, rtcpFeedback, rtxPayloadType: rtxOf(media, best.payloadType) }]
  })
}

type Candidate = { payloadType: number; parameters: Record<string, string | number> }

const inPackets = ({ parameters }: Candidate) => Number(parameters['packetization-mode'] ?? 0) === 1

const isBaseline = ({ parameters }: Candidate) => /^42[ce4-7f]/i.test(String(parameters['profile-level-id'] ?? ''))
const baselineFirst = (a: Candidate, b: Candidate) => Number(isBaseline(b)) - Number(isBaseline(a))

function rtxOf(media: OfferedSection['media'], payloadType: number): number | undefined {
  return media.rtp
    .filter(({ codec }) => codec.toLowerCase() === 'rtx')
    .map(({ payload }) => Number(payload))
    .find((rtx) => Number(formatOf(media, rtx).apt) === payloadType)
}

function feedbackOf(
  { rtcpFb = [] }: OfferedSection['media'],
  payloadType: number,
  { rtcpFeedback = [] }: mediasoup.RtpCodecCapability,
): mediasoup.RtcpFeedback[] {
  const offered = rtcpFb.filter(({ payload }) => payload === '*' || Number(payload) === payloadType)
  return rtcpFeedback.filter(({ type, parameter = '' }) =>
    offered.some((each) => each.type === type && (each.subtype ?? '') === parameter),
  )
}

/** The extensions of RTP headers that both know, by the numbers of the client. */
export function offeredExtensions(
  { media, kind }: OfferedSection,
  router: mediasoup.RtpCapabilities,
  routerDoes: 'recv' | 'send' = 'recv',
): mediasoup.RtpHeaderExtensionParameters[] {
  const known = (router.headerExtensions ?? []).filter(
    (extension) =>
      (!extension.kind || extension.kind === kind) &&
      [undefined, 'sendrecv', `${routerDoes}only`].includes(extension.direction),
  )
  const offered = (media.ext ?? []).filter(({ value, uri }) => {
    const isNumber = Number.isInteger(value) && value >= 1 && value <= 255
    return isNumber && known.some((extension) => extension.uri === uri)
  })
  return [
    ...new Map(
      offered.map(({ uri, value }) => [uri, { uri: uri as mediasoup.RtpHeaderExtensionUri, id: value }]),
    ).values(),
  ]
}
