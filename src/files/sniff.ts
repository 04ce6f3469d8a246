/** What a file is, by its own bytes. Archives are looked at from outside, within the bounds that file-type sets itself. */
import { fileTypeFromFile } from 'file-type'

const sameAs: Record<string, string> = {
  'video/x-m4v': 'video/mp4',
  'audio/x-m4a': 'audio/mp4',
}

/** As soon as this much is there, it is known what a file cannot be. */
export const ENOUGH_TO_SNIFF_BYTES = 64 * 1024

/** The media type, or undefined for what is none of the known ones: text of any kind, HTML and scripts too. */
export async function typeOf(path: string): Promise<string | undefined> {
  const found = await fileTypeFromFile(path)
  const mimeType = found?.mime.split(';')[0]?.trim()
  return mimeType && (sameAs[mimeType] ?? mimeType)
}
