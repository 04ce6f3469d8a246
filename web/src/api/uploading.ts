/** One file on its way to the server: in pieces, over broken networks and reloads, until the server has put it away. */
import type { Upload as TusUpload } from 'tus-js-client'
import type { StoredFileInfo, UploadState } from '../../../src/files/schema.ts'
import { Store } from '../store.ts'
import { http, session } from './api.ts'
import { ApiError, codeOf } from './errors.ts'

export type Purpose = UploadState['purpose']

export type UploadingView = {
  /** `waiting`: for the network; `checking`: all bytes are there, and are being looked at. */
  status: 'starting' | 'sending' | 'paused' | 'waiting' | 'checking' | 'done' | 'failed'
  sentBytes: number
  bytesPerSecond: number
  code: string | null
}

const CHUNK_BYTES = 16 * 1024 * 1024
const RETRY_MS = [500, 1000, 2000, 4000, 8000, 15_000]
const SPEED_OVER_MS = 5000
const LOOK_EVERY_MS = 1000

export class Uploading {
  readonly view = new Store<UploadingView>({ status: 'starting', sentBytes: 0, bytesPerSecond: 0, code: null })
  readonly file: File
  readonly #purpose: Purpose
  readonly #done: (file: StoredFileInfo) => void
  #tus: TusUpload | null = null
  #samples: { at: number; bytes: number }[] = []
  #stopped = false

  constructor(file: File, purpose: Purpose, done: (file: StoredFileInfo) => void) {
    this.file = file
    this.#purpose = purpose
    this.#done = done
    addEventListener('online', this.#online)
    void this.#begin()
  }

  pause = (): void => {
    void this.#tus?.abort()
    this.#samples = []
    this.view.patch({ status: 'paused', bytesPerSecond: 0 })
  }

  resume = (): void => {
    if (!this.#tus) {
      void this.#begin()
      return
    }
    this.view.patch({ status: 'sending', code: null })
    this.#tus.start()
  }

  /** Gives it up, here and on the server. */
  cancel = async (): Promise<void> => {
    this.close()
    await this.#tus?.abort(true).catch(() => {})
  }

  /** Stops here; the same file goes on later from where it is. */
  close = (): void => {
    this.#stopped = true
    removeEventListener('online', this.#online)
    void this.#tus?.abort()
  }

  readonly #online = () => {
    if (this.view.get().status === 'waiting') this.resume()
  }

  async #begin(): Promise<void> {
    try {
      const { Upload } = await import('tus-js-client')
      const upload = this.#make(Upload)
      const [before] = await upload.findPreviousUploads()
      if (this.#stopped) return
      if (before) upload.resumeFromPreviousUpload(before)
      this.#tus = upload
      this.view.patch({ status: 'sending', code: null })
      upload.start()
    } catch (error) {
      this.#fail(codeOf(error))
    }
  }

  #make(Upload: typeof TusUpload): TusUpload {
    const { name, size, lastModified } = this.file
    const owner = session.view.get().user?.id
    const upload = new Upload(this.file, {
      endpoint: '/api/uploads',
      metadata: { purpose: this.#purpose, filename: name },
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      // The same file of the same person for the same purpose, also after a reload.
      fingerprint: async () => `upload ${owner} ${this.#purpose} ${size} ${lastModified} ${name}`,
      onBeforeRequest: async (request) => {
        const token = await session.token()
        if (token) request.setHeader('Authorization', `Bearer ${token}`)
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0
        return status === 0 || status === 401 || status === 409 || status === 423 || status >= 500
      },
      onProgress: (sent) => this.#progressed(sent),
      onSuccess: () => void this.#check(upload.url!.split('/').at(-1)!),
      onError: (error) => this.#broke(error),
    })
    return upload
  }

  #progressed(sentBytes: number): void {
    const at = Date.now()
    this.#samples = [...this.#samples.filter((sample) => at - sample.at < SPEED_OVER_MS), { at, bytes: sentBytes }]
    const first = this.#samples[0]!
    const bytesPerSecond = at > first.at ? Math.round(((sentBytes - first.bytes) * 1000) / (at - first.at)) : 0
    this.view.patch({ status: 'sending', sentBytes, bytesPerSecond })
  }

  #broke(error: Error): void {
    const answer = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null }).originalResponse
    if (!answer) {
      this.view.patch({ status: 'waiting', bytesPerSecond: 0, code: 'offline' })
      return
    }
    const told = /"code":"(\w+)"/.exec(answer.getBody() ?? '')?.[1]
    this.#fail(told ?? (answer.getStatus() >= 500 ? 'unavailable' : 'internal'))
  }

  /** The last bytes are there: the server says what it makes of them. */
  async #check(id: string): Promise<void> {
    this.view.patch({ status: 'checking', sentBytes: this.file.size, bytesPerSecond: 0 })
    while (!this.#stopped) {
      try {
        const { status, refusal, file } = await http.get<UploadState>(`/api/uploads/${id}`)
        if (status === 'refused') return this.#fail(refusal ?? 'internal')
        if (file) {
          this.view.patch({ status: 'done' })
          removeEventListener('online', this.#online)
          this.#done(file)
          return
        }
      } catch (error) {
        if (!(error instanceof ApiError) || (error.code !== 'offline' && error.code !== 'unavailable'))
          return this.#fail(codeOf(error))
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
  }

  #fail(code: string): void {
    this.#tus = null
    this.view.patch({ status: 'failed', code, bytesPerSecond: 0 })
  }
}
