/** The logger the classroom writes to: pino's shape, so that any child logger of it fits. */
export interface Log {
  child(bindings: Record<string, unknown>): Log
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
