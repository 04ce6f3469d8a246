/** A logger that keeps quiet, in pino's shape. */
const silent = () => {}
export const silentLog = {
  child: () => silentLog,
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
}
