/** Opus packets: how long they last, and silence. */

/** 48 kHz. */
export const SILENCE_TICKS = 960
/** Twenty milliseconds in which a decoder hears nothing. */
export const SILENCE = Buffer.from([0xf8, 0xff, 0xfe])

const SILK_TICKS = [480, 960, 1920, 2880] as const

/** 120 ms: no packet may last longer. */
const MOST_TICKS = 5760

/** In ticks of 48 kHz, by the first byte (RFC 6716, 3.1); 0 for what is no packet. */
export function opusTicks(packet: Buffer): number {
  const ticks = ticksSaid(packet)
  return ticks > MOST_TICKS ? 0 : ticks
}

function ticksSaid(packet: Buffer): number {
  if (packet.length === 0) return 0
  const config = packet[0]! >> 3
  const frames = [1, 2, 2, (packet[1] ?? 0) & 0x3f][packet[0]! & 3]!
  if (config < 12) return frames * SILK_TICKS[config & 3]!
  if (config < 16) return frames * (config & 1 ? 960 : 480)
  return frames * (120 << (config & 3))
}
