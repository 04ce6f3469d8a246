/** The port to where the bytes of files are: local disk, or anything that speaks S3. */
import type { Readable } from 'node:stream'

/** From the byte `start` to the byte `end`, both of them in it. */
export type ByteRange = { start: number; end: number }

/** `sizeBytes` is of the whole file, whatever range the stream is of. */
export type StoredFile = { stream: Readable; sizeBytes: number }

/**
 * Keys are names in folders, like `videos/ID/main/0001.ts`. A file is there whole or not at all: who reads a key sees
 * what was there before, or all of what was put, never a part of it.
 */
export interface FileStorage {
  put(key: string, bytes: Readable | Uint8Array, options: { mimeType: string }): Promise<void>
  /** Takes over a file of this machine, which is gone from its place afterwards. */
  putFile(key: string, path: string, options: { mimeType: string }): Promise<void>
  /** Undefined where nothing is stored. A range must begin within the file; its end is cut to fit. */
  read(key: string, range?: ByteRange): Promise<StoredFile | undefined>
  /** Removing what is not there changes nothing. */
  remove(key: string): Promise<void>
  /** Removes all files whose keys begin with this folder and a slash. */
  removeFolder(folder: string): Promise<void>
  /** Where a file is on this machine, for programs that want one; absent where it is not on this machine. */
  pathOf?(key: string): string
  /** How much can still be written; absent where nobody can say. */
  freeBytes?(): Promise<number>
  /** Throws where files could not be read or written now. */
  check(): Promise<void>
  close(): Promise<void>
}

/** Whether a file could not be stored because there is no room for it: on a disk, or in a bucket with a quota. */
export function isStorageFull(error: unknown): boolean {
  const { code, name, $metadata } = error as { code?: string; name?: string; $metadata?: { httpStatusCode?: number } }
  return FULL.has(code ?? '') || FULL.has(name ?? '') || $metadata?.httpStatusCode === 507
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'QuotaExceeded', 'XMinioStorageFull'])
const MAX_KEY = 512

/**
 * Throws for anything but plain names in folders, so that no key leads out of the storage. Keys are made by this
 * program, so a bad one is a bug.
 */
export function checkKey(key: string): string {
  const names = key.split('/')
  if (key.length > MAX_KEY || !names.every((name) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)))
    throw new Error('this is no key of the file storage')
  return key
}

/** Throws where the range does not begin within a file of this size. */
export function fitRange({ start, end }: ByteRange, sizeBytes: number): ByteRange {
  if (start < 0 || start >= sizeBytes || end < start) throw new RangeError('this range is not in the file')
  return { start, end: Math.min(end, sizeBytes - 1) }
}
