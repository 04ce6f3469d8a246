/** RTP parameters like those a Chromium would send. */
import { randomInt } from 'node:crypto'
import type { types as mediasoup } from 'mediasoup'

export const opusParameters = (): mediasoup.RtpParameters => ({
  mid: '0',
  codecs: [
    { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } },
  ],
  headerExtensions: [],
  encodings: [{ ssrc: randomInt(1, 0xffffffff) }],
  rtcp: { cname: 'test' },
})

/** H.264 in so many simulcast layers. */
export const h264Parameters = (layers = 3): mediasoup.RtpParameters => ({
  mid: '1',
  codecs: [
    {
      mimeType: 'video/H264',
      payloadType: 102,
      clockRate: 90_000,
      parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    },
  ],
  headerExtensions: [],
  encodings: Array.from({ length: layers }, () => ({ ssrc: randomInt(1, 0xffffffff), scalabilityMode: 'L1T3' })),
  rtcp: { cname: 'test' },
})
