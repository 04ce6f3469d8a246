/** The DTLS parameters of a client that will never connect. */
import { randomBytes } from 'node:crypto'
import type { types as mediasoup } from 'mediasoup'

export const madeUpDtls = (): mediasoup.DtlsParameters => ({
  role: 'client',
  fingerprints: [
    { algorithm: 'sha-256', value: randomBytes(32).toString('hex').toUpperCase().match(/../g)!.join(':') },
  ],
})
