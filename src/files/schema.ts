/** Files and uploads, as they travel over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'
import { purposes } from './purposes.ts'

const Uuid = Type.String({ format: 'uuid' })

/** Why a video could not be made of a file. */
export const videoFailures = [
  'not_a_video',
  'no_video_track',
  'too_long',
  'unsupported',
  'no_ffmpeg',
  'cancelled',
  'internal',
] as const
export type VideoFailure = (typeof videoFailures)[number]

export const VideoSchema = object({
  status: oneOf('queued', 'processing', 'ready', 'failed'),
  progressPercent: Type.Integer(),
  failure: nullable(oneOf(...videoFailures)),
  durationMs: nullable(Type.Integer()),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
})
export type Video = Static<typeof VideoSchema>

export const FileSchema = object({
  id: Uuid,
  purpose: oneOf(...purposes),
  name: Type.String(),
  /** Found in the bytes. */
  mimeType: Type.String(),
  sizeBytes: Type.Integer(),
  /** In hex. */
  sha256: Type.String(),
  createdAt: Type.Integer(),
})
export type StoredFileInfo = Static<typeof FileSchema>

export const UploadSchema = object({
  id: Uuid,
  purpose: oneOf(...purposes),
  name: Type.String(),
  sizeBytes: Type.Integer(),
  /** `received`: all bytes are there, and are being looked at. A finished one has a file of the same id. */
  status: oneOf('receiving', 'received', 'finished', 'refused'),
  /** Of a refused one: the error code. */
  refusal: nullable(Type.String()),
  file: nullable(FileSchema),
})
export type UploadState = Static<typeof UploadSchema>

export const PurposeRulesSchema = object({
  purposes: Type.Array(
    object({
      purpose: oneOf(...purposes),
      maxBytes: Type.Integer(),
      mimeTypes: Type.Array(Type.String()),
      /** With their dots, for a file picker. */
      endings: Type.Array(Type.String()),
    }),
  ),
})
export type PurposeRules = Static<typeof PurposeRulesSchema>

/** An address for what cannot send a bearer token, such as `<img>`. */
export const FileAddressSchema = object({
  url: Type.String(),
  expiresInSeconds: Type.Integer(),
})
export type FileAddress = Static<typeof FileAddressSchema>
