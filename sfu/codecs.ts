/** What every room can receive and send: H.264 first, because HLS re-muxes it; VP8 for browsers without it; Opus. */
import type { types as mediasoup } from 'mediasoup'

export const mediaCodecs: mediasoup.RouterRtpCodecCapability[] = [
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
]
