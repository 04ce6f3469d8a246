/** What a video that is ready consists of: written once beside its segments, read by whoever plays it. */
import { createCipheriv, createHmac } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { object, oneOf, type Static } from '../../../signaling/protocol/define.ts'

const Whole = Type.Integer({ minimum: 0 })

export const ManifestSchema = object({
  durationMs: Whole,
  poster: Type.Boolean(),
  renditions: Type.Array(
    object({
      name: oneOf('main', 'low'),
      width: Whole,
      height: Whole,
      /** Of the segment that needs most. */
      bitsPerSecond: Whole,
      /** As RFC 6381 has them. */
      codecs: Type.String(),
      /** In order, without gaps; `0` is stored as `NAME/0.ts`. */
      segmentMs: Type.Array(Type.Number({ minimum: 0 })),
    }),
    { minItems: 1 },
  ),
})
export type Manifest = Static<typeof ManifestSchema>
export type ManifestRendition = Manifest['renditions'][number]
const check = Compile(ManifestSchema)

export function readManifest(text: string): Manifest {
  const manifest: unknown = JSON.parse(text)
  if (!check.Check(manifest)) throw new Error('this is no manifest of a video')
  return manifest
}

export const videoFolder = (fileId: string, runId: string) => `videos/${fileId}/${runId}`
export const manifestKey = (folder: string) => `${folder}/manifest.json`
export const posterKey = (folder: string) => `${folder}/poster.jpg`
export const segmentKey = (folder: string, rendition: string, number: number) => `${folder}/${rendition}/${number}.ts`

/** Each rendition has a key of its own: two texts must not be encrypted with one key and one counter. */
export const keyOf = (videoKey: string, rendition: string): Buffer =>
  createHmac('sha256', Buffer.from(videoKey, 'base64')).update(`rendition ${rendition}`).digest().subarray(0, 16)

/** As HLS has it where the playlist names no IV: the number of the segment. */
export function encryptSegment(bytes: Buffer, key: Buffer, number: number): Buffer {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(number, 12)
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}
