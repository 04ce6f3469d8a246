/** Which simulcast layer a picture of some size needs. */

/** Heights of the teacher's camera layers, highest last; fewer layers are the upper ones of these. */
export const layerHeights = [180, 360, 720] as const

/** `auto` follows the size on screen; a number is the highest layer wanted. */
export type Quality = 'auto' | number

const MOST_PIXEL_RATIO = 2
/** A layer may be stretched by this much before the next one is worth its bandwidth. */
const STRETCH = 1.35

export const heightsOf = (spatialLayers: number): readonly number[] => layerHeights.slice(-spatialLayers)

/** The lowest layer that looks sharp at this height in CSS pixels. */
export function layerFor(heightPx: number, pixelRatio: number, spatialLayers: number): number {
  const needed = heightPx * Math.min(pixelRatio, MOST_PIXEL_RATIO)
  const layer = heightsOf(spatialLayers).findIndex((height) => height * STRETCH >= needed)
  return layer < 0 ? spatialLayers - 1 : layer
}

export const wantedLayer = (quality: Quality, heightPx: number, pixelRatio: number, spatialLayers: number): number =>
  quality === 'auto' ? layerFor(heightPx, pixelRatio, spatialLayers) : Math.min(quality, spatialLayers - 1)

type Encoding = { scaleResolutionDownBy: number; maxBitrate: number }

const encodingsOf720: readonly Encoding[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 160_000 },
  { scaleResolutionDownBy: 2, maxBitrate: 550_000 },
  { scaleResolutionDownBy: 1, maxBitrate: 1_800_000 },
]

/** Simulcast for a camera of this height: three layers for 720p, fewer for less, lowest first. */
export function cameraEncodings(heightPx: number): readonly Encoding[] {
  if (heightPx >= 540) return encodingsOf720
  if (heightPx >= 300)
    return [
      { scaleResolutionDownBy: 2, maxBitrate: 160_000 },
      { scaleResolutionDownBy: 1, maxBitrate: 700_000 },
    ]
  return [{ scaleResolutionDownBy: 1, maxBitrate: 300_000 }]
}
