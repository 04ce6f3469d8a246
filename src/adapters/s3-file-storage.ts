/** Files in a bucket of Amazon S3, or of anything that speaks its protocol: OSS, COS, MinIO, Ceph, Swift. */
import { createReadStream } from 'node:fs'
import { stat, unlink } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { checkKey, type FileStorage, fitRange } from '../files/storage.ts'

export type S3Place = {
  /** Like `https://oss-cn-hangzhou.aliyuncs.com`. */
  endpoint: string
  region: string
  bucket: string
  /** In front of every key, without a slash at its end; empty for none. */
  prefix: string
  /** Whether the bucket stands in the path, or in the host name. */
  pathStyle: boolean
  accessKeyId: string
  secretAccessKey: string
}

/** S3 takes 10,000 parts at most; a file that came as a stream may have any size up to what these make. */
const PART_BYTES = 8 * 1024 * 1024
const PARTS = 10_000
const PARTS_AT_ONCE = 2
const REMOVED_AT_ONCE = 8

export function createS3FileStorage({
  endpoint,
  region,
  bucket,
  prefix,
  pathStyle,
  ...credentials
}: S3Place): FileStorage {
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: pathStyle,
    // The newer checksums are asked for by nobody and refused by some.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const full = (key: string) => (prefix ? `${prefix}/${checkKey(key)}` : checkKey(key))
  const at = (key: string) => ({ Bucket: bucket, Key: full(key) })

  const upload = async (key: string, Body: Readable | Uint8Array, mimeType: string, partSize = PART_BYTES) => {
    const params = { ...at(key), Body, ContentType: mimeType }
    await new Upload({ client, params, partSize, queueSize: PARTS_AT_ONCE }).done()
  }

  return {
    put: (key, bytes, { mimeType }) => upload(key, bytes, mimeType),

    async putFile(key, path, { mimeType }) {
      checkKey(key)
      const { size } = await stat(path)
      await upload(key, createReadStream(path), mimeType, Math.max(PART_BYTES, Math.ceil(size / PARTS)))
      await unlink(path)
    },

    async read(key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      try {
        const { Body, ContentLength, ContentRange } = await client.send(
          new GetObjectCommand({ ...at(key), ...(Range && { Range }) }),
        )
        const sizeBytes = Number(ContentRange?.split('/')[1] ?? ContentLength)
        if (range) fitRange(range, sizeBytes)
        return { stream: Body as Readable, sizeBytes }
      } catch (error) {
        const name = (error as Error).name
        if (name === 'NoSuchKey' || name === 'NotFound') return undefined
        if (name === 'InvalidRange') throw new RangeError('this range is not in the file', { cause: error })
        throw error
      }
    },

    remove: async (key) => {
      await client.send(new DeleteObjectCommand(at(key)))
    },

    async removeFolder(folder) {
      const Prefix = `${full(folder)}/`
      for (;;) {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, MaxKeys: 1000 }))
        if (Contents.length === 0) return
        // Removing many at once needs a header that the library does not send and some servers demand.
        for (let first = 0; first < Contents.length; first += REMOVED_AT_ONCE)
          await Promise.all(
            Contents.slice(first, first + REMOVED_AT_ONCE).map(({ Key }) =>
              client.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
            ),
          )
      }
    },

    check: async () => {
      await client.send(new HeadBucketCommand({ Bucket: bucket }))
    },

    close: async () => client.destroy(),
  }
}
