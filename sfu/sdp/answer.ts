/** The answer to an offer: what a transport of the router has to say to a client that speaks SDP. */
import type { types as mediasoup } from 'mediasoup'
import { type MediaDescription, write } from 'sdp-transform'
import type { Offer, OfferedSection } from './offer.ts'

/** One section as it is answered, by the numbers of the client. */
export type AnsweredSection = {
  section: OfferedSection
  direction: 'recvonly' | 'sendonly' | 'inactive'
  codecs: {
    name: string
    payloadType: number
    clockRate: number
    channels: number | undefined
    /** As `a=fmtp` has them. */
    parameters: Record<string, unknown>
    rtcpFeedback: mediasoup.RtcpFeedback[]
  }[]
  headerExtensions: mediasoup.RtpHeaderExtensionParameters[]
  /** The layers that are taken, in the order of the offer. */
  rids?: string[]
  /** The stream that is sent. */
  stream?: { ssrc: number; rtxSsrc: number | undefined; cname: string; streamId: string; trackId: string }
}

type Ends = {
  iceParameters: mediasoup.IceParameters
  iceCandidates: mediasoup.IceCandidate[]
  dtlsParameters: mediasoup.DtlsParameters
}

const HASH = 'sha-256'

export function answerTo(
  { sections, bundled, dtlsParameters }: Offer,
  ends: Ends,
  answered: AnsweredSection[],
): string {
  const setup = dtlsParameters.role === 'server' ? 'active' : 'passive'
  return write({
    version: 0,
    origin: { username: '-', sessionId: 1, sessionVersion: 1, netType: 'IN', ipVer: 4, address: '0.0.0.0' },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    ...(bundled && { groups: [{ type: 'BUNDLE', mids: sections.map(({ mid }) => mid).join(' ') }] }),
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: answered.map((each) => mediaOf(each, ends, setup)),
  })
}

/** What answers a restart of ICE: the new name and password of our end. */
export const iceFragment = ({ usernameFragment, password }: mediasoup.IceParameters) =>
  ['a=ice-lite', `a=ice-ufrag:${usernameFragment}`, `a=ice-pwd:${password}`, ''].join('\r\n')

function mediaOf(answered: AnsweredSection, ends: Ends, setup: 'active' | 'passive'): MediaDescription {
  const { section, direction, codecs, headerExtensions, rids = [], stream } = answered
  const { iceParameters, iceCandidates, dtlsParameters } = ends
  const fingerprint =
    dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === HASH) ?? dtlsParameters.fingerprints[0]!
  return {
    type: section.kind,
    port: 9,
    protocol: section.media.protocol,
    payloads: codecs.map(({ payloadType }) => payloadType).join(' '),
    connection: { version: 4, ip: '0.0.0.0' },
    ...(section.mid !== undefined && { mid: section.mid }),
    direction,
    iceUfrag: iceParameters.usernameFragment,
    icePwd: iceParameters.password,
    candidates: iceCandidates.map(candidateOf),
    endOfCandidates: 'end-of-candidates',
    fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value },
    setup,
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    rtp: codecs.map(({ name, payloadType, clockRate, channels }) => ({
      payload: payloadType,
      codec: name,
      rate: clockRate,
      ...(channels !== undefined && channels > 1 && { encoding: channels }),
    })),
    fmtp: codecs
      .map(({ payloadType, parameters }) => ({ payload: payloadType, config: configOf(parameters) }))
      .filter(({ config }) => config !== ''),
    rtcpFb: codecs.flatMap(({ payloadType, rtcpFeedback }) =>
      rtcpFeedback.map(({ type, parameter }) => ({
        payload: payloadType,
        type,
        ...(parameter ? { subtype: parameter } : {}),
      })),
    ),
    ext: headerExtensions.map(({ uri, id }) => ({ uri, value: id })),
    ...(rids.length > 0 && {
      rids: rids.map((id) => ({ id, direction: 'recv' })),
      simulcast: { dir1: 'recv', list1: rids.join(';') },
    }),
    ...(stream && sent(stream)),
  }
}

function sent({ ssrc, rtxSsrc, cname, streamId, trackId }: NonNullable<AnsweredSection['stream']>) {
  const ids = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc]
  return {
    msid: [{ id: streamId, appdata: trackId }],
    ssrcs: ids.flatMap((id) => [
      { id, attribute: 'cname', value: cname },
      { id, attribute: 'msid', value: `${streamId} ${trackId}` },
    ]),
    ...(rtxSsrc !== undefined && { ssrcGroups: [{ semantics: 'FID', ssrcs: ids.join(' ') }] }),
  }
}

function candidateOf({ foundation, priority, address, protocol, port, type, tcpType }: mediasoup.IceCandidate) {
  return {
    ...{ foundation, component: 1, transport: protocol, priority, ip: address, port, type },
    ...(tcpType && { tcptype: tcpType }),
  }
}

const configOf = (parameters: Record<string, unknown>) =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
