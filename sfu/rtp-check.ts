/** What mediasoup lets through although no browser sends it. */
import type { types as mediasoup } from 'mediasoup'
import { AppError } from '../signaling/protocol/errors.ts'

/**
 * The parameters as a worker may be given them: of what stands in an encoding only what mediasoup knows, since a value
 * of another type there breaks the channel to the worker for good. Throws `bad_request` where codecs are of another
 * kind, or two encodings share an SSRC or a RID.
 */
export function soundRtpParameters(
  kind: mediasoup.MediaKind,
  parameters: mediasoup.RtpParameters,
): mediasoup.RtpParameters {
  const { codecs, encodings = [] } = parameters
  if (encodings.length === 0) throw new AppError('bad_request', 'no encodings')
  if (codecs.some(({ mimeType }) => !mimeType.toLowerCase().startsWith(`${kind}/`)))
    throw new AppError('bad_request', `a codec is not ${kind}`)
  const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc].filter((each) => each !== undefined))
  const rids = encodings.flatMap(({ rid }) => rid ?? [])
  if (new Set(ssrcs).size < ssrcs.length || new Set(rids).size < rids.length)
    throw new AppError('bad_request', 'two encodings are the same')
  if (encodings.length > 1 && encodings.some(({ ssrc, rid }) => ssrc === undefined && rid === undefined))
    throw new AppError('bad_request', 'an encoding cannot be told from the others')
  return { ...parameters, encodings: encodings.map(soundEncoding) }
}

const isNumber = (value: unknown): value is number => Number.isInteger(value)

function soundEncoding({
  ssrc,
  rid,
  rtx,
  dtx,
  codecPayloadType,
  scalabilityMode,
  maxBitrate,
}: mediasoup.RtpEncodingParameters) {
  const encoding: mediasoup.RtpEncodingParameters = {}
  if (isNumber(ssrc)) encoding.ssrc = ssrc
  if (typeof rid === 'string') encoding.rid = rid
  if (isNumber(rtx?.ssrc)) encoding.rtx = { ssrc: rtx.ssrc }
  if (typeof dtx === 'boolean') encoding.dtx = dtx
  if (isNumber(codecPayloadType)) encoding.codecPayloadType = codecPayloadType
  if (typeof scalabilityMode === 'string') encoding.scalabilityMode = scalabilityMode
  if (isNumber(maxBitrate)) encoding.maxBitrate = maxBitrate
  return encoding
}
