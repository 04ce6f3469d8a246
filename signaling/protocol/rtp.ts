/** RTP, DTLS and capability parameters: mediasoup's shapes, with bounds on what a client may send to a worker. */
import type { types as mediasoup } from 'mediasoup'
import { type TProperties, Type } from 'typebox'

const open = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: true })
const few = (items: Parameters<typeof Type.Array>[0], maxItems: number) => Type.Array(items, { maxItems })
const text = (maxLength: number) => Type.String({ maxLength })

const Ssrc = Type.Integer({ minimum: 1, maximum: 0xffffffff })
const PayloadType = Type.Integer({ minimum: 0, maximum: 127 })
const MimeType = Type.String({ pattern: '^(audio|video)/[A-Za-z0-9-]{1,32}$' })
const Parameters = Type.Record(text(64), Type.Union([text(512), Type.Number(), Type.Boolean(), Type.Null()]))
const RtcpFeedback = few(open({ type: text(32), parameter: Type.Optional(text(32)) }), 16)
const headerExtensionId = Type.Integer({ minimum: 1, maximum: 255 })

const Encoding = open({
  ssrc: Type.Optional(Ssrc),
  codecPayloadType: Type.Optional(PayloadType),
  rid: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' })),
  rtx: Type.Optional(open({ ssrc: Ssrc })),
  dtx: Type.Optional(Type.Boolean()),
  scalabilityMode: Type.Optional(Type.String({ pattern: '^[LS][1-3]T[1-3](_KEY(_SHIFT)?)?$' })),
  maxBitrate: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffffffff })),
})

export const RtpParametersSchema = Type.Unsafe<mediasoup.RtpParameters>(
  open({
    mid: Type.Optional(text(32)),
    codecs: Type.Array(
      open({
        mimeType: MimeType,
        payloadType: PayloadType,
        clockRate: Type.Integer({ minimum: 1, maximum: 384_000 }),
        channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 2 })),
        parameters: Type.Optional(Parameters),
        rtcpFeedback: Type.Optional(RtcpFeedback),
      }),
      { minItems: 1, maxItems: 8 },
    ),
    headerExtensions: Type.Optional(
      few(open({ uri: text(200), id: headerExtensionId, encrypt: Type.Optional(Type.Boolean()) }), 32),
    ),
    encodings: Type.Array(Encoding, { minItems: 1, maxItems: 3 }),
    rtcp: Type.Optional(open({ cname: Type.Optional(text(255)), reducedSize: Type.Optional(Type.Boolean()) })),
  }),
)

export const RtpCapabilitiesSchema = Type.Unsafe<mediasoup.RtpCapabilities>(
  open({
    codecs: Type.Optional(
      few(
        open({
          kind: Type.Enum(['audio', 'video']),
          mimeType: MimeType,
          preferredPayloadType: Type.Optional(PayloadType),
          clockRate: Type.Integer({ minimum: 1, maximum: 384_000 }),
          channels: Type.Optional(Type.Integer({ minimum: 1, maximum: 8 })),
          parameters: Type.Optional(Parameters),
          rtcpFeedback: Type.Optional(RtcpFeedback),
        }),
        64,
      ),
    ),
    headerExtensions: Type.Optional(few(open({ uri: text(200), preferredId: headerExtensionId }), 64)),
  }),
)

export const DtlsParametersSchema = Type.Unsafe<mediasoup.DtlsParameters>(
  open({
    role: Type.Optional(Type.Enum(['auto', 'client', 'server'])),
    fingerprints: Type.Array(
      open({
        algorithm: Type.Enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: Type.String({ pattern: '^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){1,63}$' }),
      }),
      { minItems: 1, maxItems: 8 },
    ),
  }),
)
