/** WeChat Pay's side of signing and sealing, with keys of a test's own. */
import { createCipheriv, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { DAY_MS } from '../../src/payments/money.ts'

export const API_V3_KEY = 'a key for tests of 32 characters'
export const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
export const publicPem = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

/** What proves a body, at this moment. */
export function signedHeaders(key: KeyObject, serial: string, body: string, now: number): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const nonce = randomBytes(16).toString('hex')
  const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), key).toString('base64')
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-serial': serial,
    'wechatpay-signature': signature,
  }
}

export function seal(content: object, associated_data = 'transaction') {
  const nonce = randomBytes(6).toString('hex')
  const cipher = createCipheriv('aes-256-gcm', API_V3_KEY, nonce).setAAD(Buffer.from(associated_data))
  const sealed = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final(), cipher.getAuthTag()])
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed.toString('base64'), nonce, associated_data }
}

/** A certificate of this key, from and to so many days from a moment. */
export async function certify(key: KeyObject, serialNumber: string, at: number, [from, to]: [number, number]) {
  await import('reflect-metadata')
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const { subtle } = globalThis.crypto
  const [pkcs8, spki] = [
    key.export({ type: 'pkcs8', format: 'der' }),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  ].map((der) => new Uint8Array(der)) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>]
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber,
    name: 'CN=a platform for tests',
    notBefore: new Date(at + from * DAY_MS),
    notAfter: new Date(at + to * DAY_MS),
    signingAlgorithm: algorithm,
    keys: {
      privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
    },
  })
  return `${certificate.toString('pem')}\n`
}
