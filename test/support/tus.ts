/** Uploads by the library that the page uses, and by hand where a client would never do such a thing. */
import { Upload } from 'tus-js-client'

export type Sent = { id: string; error?: { status: number; code: string } }
type Headers = { authorization: string }

/** Uploads all of it in chunks; resolves with what became of it. */
export function upload(
  base: string,
  from: { headers: Headers },
  bytes: Buffer,
  metadata: Record<string, string>,
  options: { chunkSize?: number; uploadUrl?: string; onProgress?: (upload: Upload, sent: number) => void } = {},
): Promise<Sent> {
  const { chunkSize = 64 * 1024, uploadUrl, onProgress } = options
  return new Promise((resolve, reject) => {
    const uploading: Upload = new Upload(bytes, {
      endpoint: `${base}/api/uploads`,
      headers: { Authorization: from.headers.authorization },
      metadata,
      chunkSize,
      retryDelays: null,
      ...(uploadUrl && { uploadUrl }),
      onChunkComplete: (_size, accepted) => onProgress?.(uploading, accepted),
      onSuccess: () => resolve({ id: idOf(uploading.url) }),
      onError: (error) => {
        const answer = (error as { originalResponse?: { getStatus(): number; getBody(): string } }).originalResponse
        if (!answer) return reject(error)
        const { error: told } = JSON.parse(answer.getBody() || '{"error":{"code":"none"}}')
        resolve({
          id: uploading.url ? idOf(uploading.url) : '',
          error: { status: answer.getStatus(), code: told.code },
        })
      },
    })
    uploading.start()
  })
}

const idOf = (url: string | null) => url?.split('/').at(-1) ?? ''

const encode = (metadata: Record<string, string>) =>
  Object.entries(metadata)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',')

/** One request of the protocol, as it is told. */
export async function ask(
  base: string,
  line: string,
  from: { headers: Headers } | undefined,
  headers: Record<string, string> = {},
  body?: Buffer,
) {
  const [method, path] = line.split(' ')
  const answer = await fetch(`${base}${path}`, {
    method: method!,
    headers: { 'tus-resumable': '1.0.0', ...from?.headers, ...headers },
    ...(body && { body: new Uint8Array(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, code: /"code":"(\w+)"/.exec(text)?.[1] }
}

/** Begins an upload by hand. */
export async function begin(
  base: string,
  from: { headers: Headers },
  sizeBytes: number,
  metadata: Record<string, string>,
) {
  const answer = await ask(base, 'POST /api/uploads', from, {
    'upload-length': String(sizeBytes),
    'upload-metadata': encode(metadata),
  })
  return { ...answer, id: idOf(answer.headers.get('location')) }
}

export const patch = (base: string, from: { headers: Headers }, id: string, offset: number | string, bytes: Buffer) =>
  ask(
    base,
    `PATCH /api/uploads/${id}`,
    from,
    { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
    bytes,
  )
