/** Keys for the segments of a class: the same for every viewer and node, other ones for each rendition and every period. */
import { createCipheriv, hkdfSync } from 'node:crypto'

/** Five minutes of usual segments: who has one key reads no more than that. */
export const SEGMENTS_PER_KEY = 150
const KEY_BYTES = 16

export const keyPeriodOf = (msn: number) => Math.floor(msn / SEGMENTS_PER_KEY)

/** Relative to a rendition's playlist. */
export const keyName = (period: number) => `${period}.key`
export const keyLine = (msn: number) => `#EXT-X-KEY:METHOD=AES-128,URI="${keyName(keyPeriodOf(msn))}"`

export function broadcastKey(secret: Uint8Array, lessonId: string, rendition: string, period: number): Buffer {
  const purpose = `jiangtang broadcast 1 ${lessonId} ${rendition} ${period}`
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))
}

/** The segment as players expect it after `keyLine`: without an IV there it is the number of the segment. */
export function encryptSegment(
  secret: Uint8Array,
  lessonId: string,
  rendition: string,
  msn: number,
  bytes: Uint8Array,
) {
  const iv = Buffer.alloc(KEY_BYTES)
  iv.writeUInt32BE(msn, KEY_BYTES - 4)
  const cipher = createCipheriv('aes-128-cbc', broadcastKey(secret, lessonId, rendition, keyPeriodOf(msn)), iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
