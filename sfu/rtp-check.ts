/** What mediasoup lets through although no browser sends it. */
import type { types as mediasoup } from 'mediasoup'
import { AppError } from '../signaling/protocol/errors.ts'

/** Throws `bad_request` where codecs are of another kind, or two encodings share an SSRC or a RID. */
export function checkRtpParameters(
  kind: mediasoup.MediaKind,
  { codecs, encodings = [] }: mediasoup.RtpParameters,
): void {
  if (encodings.length === 0) throw new AppError('bad_request', 'no encodings')
  if (codecs.some(({ mimeType }) => !mimeType.toLowerCase().startsWith(`${kind}/`)))
    throw new AppError('bad_request', `a codec is not ${kind}`)
  const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc, rtx?.ssrc].filter((each) => each !== undefined))
  const rids = encodings.flatMap(({ rid }) => rid ?? [])
  if (new Set(ssrcs).size < ssrcs.length || new Set(rids).size < rids.length)
    throw new AppError('bad_request', 'two encodings are the same')
  if (encodings.length > 1 && encodings.some(({ ssrc, rid }) => ssrc === undefined && rid === undefined))
    throw new AppError('bad_request', 'an encoding cannot be told from the others')
}
