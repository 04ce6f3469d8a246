/** What every address that carries its right shares: any page may read what it opens. */
import { Type } from 'typebox'

export const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'content-length, content-range, retry-after',
  'cross-origin-resource-policy': 'cross-origin',
  'timing-allow-origin': '*',
}
export const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  'access-control-allow-headers': 'range',
  'access-control-max-age': '86400',
}

/** The part of such an address in which the right stands. */
export const Token = Type.String({ maxLength: 1000, pattern: '^[A-Za-z0-9_.-]+$' })
