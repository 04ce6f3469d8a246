/** What a client that speaks SDP offers, in mediasoup's words. Every value of it is bounded, as those of a browser's are. */
import type { types as mediasoup } from 'mediasoup'
import { type MediaDescription, parse, parseParams, type SessionDescription } from 'sdp-transform'
import { Compile } from 'typebox/compile'
import { AppError } from '../../signaling/protocol/errors.ts'
import { DtlsParametersSchema } from '../../signaling/protocol/rtp.ts'

const MOST_FINGERPRINTS = 8
const LONGEST_MID = 32
/** A browser that offers all it can, for two sections, stays well below these. */
const MOST_LINES = 1000
const MOST_CODECS = 128

/** One `m=` section of an offer. */
export type OfferedSection = { kind: mediasoup.MediaKind; mid: string | undefined; media: MediaDescription }

export type Offer = {
  /** One of each kind at most, in the order of the offer. */
  sections: OfferedSection[]
  bundled: boolean
  dtlsParameters: mediasoup.DtlsParameters
  iceUfrag: string
}

const isDtls = Compile(DtlsParametersSchema)

/**
 * Reads an offer of at most one picture and one sound, which go `direction` as the client sees it. Throws `bad_request`
 * for what is no offer, and `not_acceptable` for one that asks for something else.
 */
export function readOffer(sdp: string, direction: 'send' | 'recv'): Offer {
  const session = parsed(sdp)
  const sections = session.media.map((media) => sectionOf(media, direction))
  if (sections.length === 0) throw new AppError('not_acceptable', 'there is neither a picture nor a sound')
  if (new Set(sections.map(({ kind }) => kind)).size < sections.length)
    throw new AppError('not_acceptable', 'one picture and one sound at most')
  const bundle = session.groups?.find(({ type }) => type === 'BUNDLE')?.mids.split(' ') ?? []
  const bundled = sections.every(({ mid }) => mid !== undefined && bundle.includes(mid))
  if (!bundled && sections.length > 1) throw new AppError('not_acceptable', 'all sections have to be one BUNDLE')
  const [{ media }] = sections as [OfferedSection]
  return { sections, bundled, dtlsParameters: dtlsOf(session, media), iceUfrag: iceOf(session, media).ufrag }
}

/** The ICE user of a fragment that a PATCH brings; undefined where it names none. Throws `bad_request` for nonsense. */
export function iceUfragOf(fragment: string): string | undefined {
  if (!/^a=(ice-ufrag|candidate|end-of-candidates|ice-options)\b/m.test(fragment))
    throw new AppError('bad_request', 'this is no fragment of ICE')
  return /^a=ice-ufrag:(\S{1,256})\s*$/m.exec(fragment)?.[1]
}

/** What `a=fmtp` says of this payload type. */
export function formatOf({ fmtp = [] }: MediaDescription, payloadType: number): Record<string, string | number> {
  const found = fmtp.find(({ payload }) => Number(payload) === payloadType)
  return found ? (parseParams(found.config) as Record<string, string | number>) : {}
}

function parsed(sdp: string): SessionDescription {
  try {
    if (!sdp.startsWith('v=0')) throw new Error('it does not begin with a version')
    // Reading it costs more with every line of the same kind.
    if (sdp.split('\n', MOST_LINES + 1).length > MOST_LINES) throw new Error('it has too many lines')
    const session = parse(sdp)
    if (session.media.some(({ rtp = [] }) => rtp.length > MOST_CODECS)) throw new Error('it has too many codecs')
    return session
  } catch (cause) {
    throw new AppError('bad_request', 'this is no SDP', { cause })
  }
}

function sectionOf(media: MediaDescription, wanted: 'send' | 'recv'): OfferedSection {
  const { type, direction = 'sendrecv', protocol } = media
  if (type !== 'audio' && type !== 'video') throw new AppError('not_acceptable', `no ${type} is taken`)
  if (direction !== 'sendrecv' && direction !== `${wanted}only`)
    throw new AppError('not_acceptable', `${type} has to be ${wanted}only`)
  if (!/^UDP\/TLS\/RTP\/SAVPF?$/.test(protocol)) throw new AppError('not_acceptable', `${protocol} is not spoken`)
  const mid = media.mid === undefined ? undefined : String(media.mid)
  if (mid !== undefined && mid.length > LONGEST_MID) throw new AppError('bad_request', 'a mid is too long')
  return { kind: type, mid, media: { ...media, rtp: media.rtp ?? [], fmtp: media.fmtp ?? [] } }
}

function dtlsOf(session: SessionDescription, media: MediaDescription): mediasoup.DtlsParameters {
  const given = [media.fingerprint ?? session.fingerprint].flat().slice(0, MOST_FINGERPRINTS)
  const setup = media.setup ?? session.setup
  const dtls = {
    role: setup === 'passive' ? 'server' : 'client',
    fingerprints: given.map((each) => ({ algorithm: each?.type.toLowerCase(), value: each?.hash })),
  }
  if (!isDtls.Check(dtls)) throw new AppError('bad_request', 'there is no sound fingerprint')
  return dtls
}

function iceOf(session: SessionDescription, media: MediaDescription) {
  const [ufrag, pwd] = [media.iceUfrag ?? session.iceUfrag, media.icePwd ?? session.icePwd]
  if (ufrag === undefined || pwd === undefined)
    throw new AppError('bad_request', 'ICE has neither a name nor a password')
  return { ufrag: String(ufrag) }
}
