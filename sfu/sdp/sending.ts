/** What a client sends by its offer: the parameters of a producer, with simulcast where it is offered. */
import type { types as mediasoup } from 'mediasoup'
import { Compile } from 'typebox/compile'
import { AppError } from '../../signaling/protocol/errors.ts'
import { RtpParametersSchema } from '../../signaling/protocol/rtp.ts'
import { type OfferedCodec, offeredCodecs, offeredExtensions } from './codecs.ts'
import type { OfferedSection } from './offer.ts'

const MOST_LAYERS = 3
const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid'
const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'
const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01'

export type Sending = {
  section: OfferedSection
  codec: OfferedCodec
  rtpParameters: mediasoup.RtpParameters
  /** Names of the simulcast layers as offered; empty without simulcast. */
  rids: string[]
}

const isSound = Compile(RtpParametersSchema)

/** Throws `not_acceptable` where no codec is ours, and `bad_request` where its streams could not be told apart. */
export function sendingOf(section: OfferedSection, router: mediasoup.RtpCapabilities): Sending {
  const [codec] = offeredCodecs(section, router)
  if (!codec) throw new AppError('not_acceptable', `no ${section.kind} codec that is played here was offered`)
  const rids = ridsOf(section)
  const streams = rids.length > 0 ? [] : streamsOf(section)
  const repaired = rids.length > 0 || streams.some(({ rtx }) => rtx !== undefined)
  const headerExtensions = offeredExtensions(section, router)
  const has = (uri: string) => headerExtensions.some((extension) => extension.uri === uri)
  if (rids.length > 0 && !has(RID))
    throw new AppError('not_acceptable', 'layers cannot be told apart without their names')
  if (rids.length === 0 && streams.length === 0 && !has(MID))
    throw new AppError('bad_request', `${section.kind} has neither an SSRC nor a mid in its packets`)
  const { capability, payloadType, rtxPayloadType } = codec
  const { mimeType, clockRate, channels, parameters } = capability
  // Of two ways to measure the network a worker is to know one.
  const rtcpFeedback = codec.rtcpFeedback.filter(
    ({ type }) => type !== (has(TRANSPORT_CC) ? 'goog-remb' : 'transport-cc'),
  )
  const rtpParameters = {
    ...(section.mid !== undefined && { mid: section.mid }),
    codecs: [
      {
        ...{ mimeType, payloadType, clockRate, rtcpFeedback },
        ...(channels !== undefined && { channels }),
        // An encoder's own profile may be higher than what the router is made for; the packets are of the same kind.
        parameters: section.kind === 'video' ? parameters : codec.parameters,
      },
      ...(repaired && rtxPayloadType !== undefined
        ? [{ mimeType: 'video/rtx', payloadType: rtxPayloadType, clockRate, parameters: { apt: payloadType } }]
        : []),
    ],
    headerExtensions,
    encodings: encodingsOf(rids, streams, rtxPayloadType !== undefined),
    rtcp: { cname: cnameOf(section), reducedSize: true },
  }
  if (!isSound.Check(rtpParameters)) throw new AppError('bad_request', `the ${section.kind} is described out of bounds`)
  return { section, codec, rtpParameters, rids }
}

type Stream = { ssrc: number; rtx?: { ssrc: number } }

function encodingsOf(rids: string[], streams: Stream[], repaired: boolean): mediasoup.RtpEncodingParameters[] {
  if (rids.length > 0) return lowestFirst(rids).map((rid) => ({ rid }))
  if (streams.length === 0) return [{}]
  return streams.map(({ ssrc, rtx }) => ({ ssrc, ...(rtx && repaired && { rtx }) }))
}

/** The layers that `a=simulcast` lists, of each the first alternative. */
function ridsOf({ media, kind }: OfferedSection): string[] {
  const { simulcast } = media
  if (kind !== 'video' || !simulcast) return []
  const list = simulcast.dir1 === 'send' ? simulcast.list1 : simulcast.dir2 === 'send' ? simulcast.list2 : ''
  const names = String(list ?? '')
    .split(';')
    .map((alternatives) => alternatives.split(',')[0]!.replace(/^~/, ''))
    .filter((name) => name !== '')
  if (names.length > MOST_LAYERS) throw new AppError('not_acceptable', `${MOST_LAYERS} layers at most`)
  return names.length > 1 ? names : []
}

/** Names that clients give their layers, each list from the lowest up. */
const LADDERS = [
  ['q', 'h', 'f'],
  ['l', 'm', 'h'],
  ['low', 'mid', 'high'],
  ['low', 'medium', 'high'],
  ['r0', 'r1', 'r2'],
]

/** The router wants the lowest first; RFC 8853 has senders name first what they like best, which is the highest. */
function lowestFirst(rids: string[]): string[] {
  const ladder = LADDERS.find((names) => rids.every((rid) => names.includes(rid)))
  return ladder ? [...rids].sort((a, b) => ladder.indexOf(a) - ladder.indexOf(b)) : [...rids].reverse()
}

/** The one stream that is described by its SSRC, with the one that repairs it. */
function streamsOf({ media }: OfferedSection): Stream[] {
  const ssrc = Number((media.ssrcs ?? [])[0]?.id)
  if (!Number.isInteger(ssrc)) return []
  const pairs = (media.ssrcGroups ?? []).filter(({ semantics }) => semantics === 'FID')
  const repair = pairs.map(({ ssrcs }) => ssrcs.split(' ').map(Number)).find(([first]) => first === ssrc)?.[1]
  return [repair === undefined ? { ssrc } : { ssrc, rtx: { ssrc: repair } }]
}

function cnameOf({ media }: OfferedSection): string {
  const found = (media.ssrcs ?? []).find(({ attribute }) => attribute === 'cname')?.value
  return String(found ?? '').slice(0, 255)
}
