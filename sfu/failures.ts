/** mediasoup's errors, told apart: what is gone, and what a client got wrong. */
import { NotFoundError, UnsupportedError, WorkerClosedError } from 'mediasoup/errors'
import { AppError } from '../signaling/protocol/errors.ts'

/** Runs a call whose arguments came from a client, so that what mediasoup refuses is the client's mistake. */
export async function fromClient<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    if (cause instanceof WorkerClosedError) throw new AppError('unavailable', 'the media worker is gone', { cause })
    if (cause instanceof NotFoundError) throw new AppError('not_found', 'it is closed', { cause })
    throw new AppError('bad_request', 'these media parameters are not accepted', { cause })
  }
}

/** True where mediasoup found no codec of the producer among the client's capabilities. */
export const cannotBePlayed = (error: unknown) => error instanceof AppError && error.cause instanceof UnsupportedError

/**
 * mediasoup answers a call even where what it was made on has closed meanwhile, and then nobody would ever close what it
 * answered with: it is closed here.
 */
export function stillOpen<T extends { closed: boolean; close(): void }>(thing: T, on: { closed: boolean } = thing): T {
  if (!on.closed) return thing
  thing.close()
  throw new AppError('not_found', 'it was closed meanwhile')
}
