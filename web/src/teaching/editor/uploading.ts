/** Sends a file to the server piece by piece: it goes on where it was after a lost network, and when the same file is chosen again. */
import type { Upload } from 'tus-js-client'
import type { UploadState } from '../../../../src/files/schema.ts'
import { http, session } from '../../api/api.ts'
import { ApiError, type TroubleCode } from '../../api/errors.ts'

export type Purpose = UploadState['purpose']
export type Sent = NonNullable<UploadState['file']>

const RETRY_AFTER_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000]
const ASK_AGAIN_MS = 700

type Options = { file: File; purpose: Purpose; onProgress: (percent: number) => void; signal: AbortSignal }

/** Answers the file that came of it. Throws an `ApiError`; an aborted one rejects with the signal's reason. */
export async function sendFile({ file, purpose, onProgress, signal }: Options): Promise<Sent> {
  const tus = await import('tus-js-client')
  const address = await new Promise<string>((resolve, reject) => {
    const upload: Upload = new tus.Upload(file, {
      endpoint: '/api/uploads',
      metadata: { purpose, filename: file.name },
      retryDelays: RETRY_AFTER_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => ['upload', purpose, file.name, file.size, file.lastModified].join(' '),
      onBeforeRequest: async (request) => {
        const token = await session.token()
        if (token) request.setHeader('Authorization', `Bearer ${token}`)
      },
      onProgress: (sent, all) => onProgress(all > 0 ? Math.floor((100 * sent) / all) : 100),
      onSuccess: () => resolve(upload.url ?? ''),
      onError: (error) => reject(troubleOf(error)),
    })
    signal.addEventListener('abort', () => {
      void upload.abort()
      reject(signal.reason)
    })
    void upload.findPreviousUploads().then(([earlier]) => {
      if (earlier) upload.resumeFromPreviousUpload(earlier)
      if (!signal.aborted) upload.start()
    }, reject)
  })
  return checked(address.split('/').at(-1)!, signal)
}

/** All bytes are there; the server still looks at what they are. */
async function checked(uploadId: string, signal: AbortSignal): Promise<Sent> {
  for (;;) {
    signal.throwIfAborted()
    const { status, refusal, file } = await http.get<UploadState>(`/api/uploads/${uploadId}`)
    if (status === 'finished' && file) return file
    if (status === 'refused') throw new ApiError((refusal ?? 'bad_request') as TroubleCode)
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
  }
}

function troubleOf(error: Error): ApiError {
  const response = 'originalResponse' in error ? (error.originalResponse as { getBody(): string } | null) : null
  try {
    const { code } = JSON.parse(response?.getBody() ?? '').error as { code: TroubleCode }
    return new ApiError(code)
  } catch {
    return new ApiError(response ? 'unavailable' : 'offline')
  }
}
