/** Trouble on the way to the server or back, by its code. Texts for people are in `i18n`. */
import type { ErrorCode } from '../../../signaling/protocol/errors.ts'

export type TroubleCode = ErrorCode | 'offline'

export class ApiError extends Error {
  readonly code: TroubleCode
  /** When it is worth trying again, where the server said so. */
  readonly retryAfterSeconds: number

  constructor(code: TroubleCode, message: string = code, retryAfterSeconds = 0) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** The code of anything thrown; what nobody foresaw is `internal`. */
export const codeOf = (error: unknown): string => (error as { code?: string } | null)?.code ?? 'internal'
