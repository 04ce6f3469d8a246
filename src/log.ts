/** What of an error goes into the log: never the values of a query, which are what people wrote. */
import { DrizzleQueryError } from 'drizzle-orm'
import { pino } from 'pino'

type Described = { type: string; message: string; code?: unknown; query?: string; stack?: string }

export const serializers = {
  err: (error: unknown) =>
    error instanceof DrizzleQueryError ? describe(error) : pino.stdSerializers.err(error as Error),
}

function describe({ query, cause }: DrizzleQueryError): Described {
  const { message = 'query failed', code, stack } = (cause ?? {}) as Error & { code?: unknown }
  return { type: 'DrizzleQueryError', message, code, query, ...(stack && { stack }) }
}
