/** Phone numbers: read however they are written, kept encrypted, found by a keyed hash, shown with a gap in the middle. */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { AppError } from '../../signaling/protocol/errors.ts'

/** Like `+8613800138000`. */
export type Phone = `+${string}`

/** What people put between the digits. */
const DECORATION = /[\s().\-\u2010-\u2015\u00a0]/g
const CHINESE_MOBILE = /^1[3-9]\d{9}$/

/** A number as E.164; without a country code it is one of mainland China. Undefined: it is none. */
export function readPhone(text: string): Phone | undefined {
  const plain = text.normalize('NFKC').replace(DECORATION, '').replace(/^00/, '+')
  if (CHINESE_MOBILE.test(plain)) return `+86${plain}`
  if (!/^\+[1-9]\d{6,14}$/.test(plain)) return undefined
  return plain.startsWith('+86') && !CHINESE_MOBILE.test(plain.slice(3)) ? undefined : (plain as Phone)
}

/** Throws `bad_request` for what is no number. */
export function phoneOf(text: string): Phone {
  const phone = readPhone(text)
  if (!phone) throw new AppError('bad_request', 'phone is not a phone number')
  return phone
}

/** `138****1234`, `+8529****5678`. */
export function maskPhone(phone: Phone): string {
  const shown = phone.startsWith('+86') ? phone.slice(3) : phone
  const [head, tail] = phone.startsWith('+86') ? [3, 4] : shown.length > 9 ? [5, 4] : [2, 2]
  return `${shown.slice(0, head)}****${shown.slice(-tail)}`
}

export type DataKeys = { current: Uint8Array; previous?: Uint8Array | undefined }
export type Phones = ReturnType<typeof createPhones>

const VERSION = '1'

/** The number is sealed for one user: moved to the row of another it does not open. */
export function createPhones({ current, previous }: DataKeys) {
  const now = deriveKeys(current)
  const known = [now, ...(previous ? [deriveKeys(previous)] : [])]
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    /** How every text that the current key sealed begins. */
    sealedPrefix: `${VERSION}.${now.id}.`,
    seal(phone: Phone, userId: string): string {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', now.sealing, nonce).setAAD(Buffer.from(userId))
      const sealed = Buffer.concat([nonce, cipher.update(phone, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${now.id}.${sealed.toString('base64url')}`
    },
    /** Throws where the key is another one, or the text was not sealed for this user. */
    open(sealed: string, userId: string): Phone {
      const [version, id, content = ''] = sealed.split('.')
      const keys = known.find((each) => each.id === id)
      if (version !== VERSION || !keys) throw new Error('a phone number is encrypted with a data key that is not set')
      const bytes = Buffer.from(content, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', keys.sealing, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(userId)).setAuthTag(bytes.subarray(-16))
      return `${decipher.update(bytes.subarray(12, -16)).toString()}${decipher.final().toString()}` as Phone
    },
    indexOf: (phone: Phone) => hmac(now.indexing, phone),
    /** Of a code, over all that it is for. */
    hashCode: (parts: string[]) => hmac(now.hashing, JSON.stringify(parts)),
    /** Of an address that is only counted. */
    hashAddress: (address: string) => hmac(now.hashing, `address ${address}`).slice(0, 22),
  }
}

function deriveKeys(key: Uint8Array) {
  const derive = (purpose: string, length: number) =>
    Buffer.from(hkdfSync('sha256', key, '', `jiangtang ${purpose} 1`, length))
  return {
    id: derive('data key id', 6).toString('base64url'),
    sealing: derive('phone encryption', 32),
    indexing: derive('phone index', 32),
    hashing: derive('code hash', 32),
  }
}
