/** What WeChat Pay signs and seals: answers, notices, and what is inside them. */
import { createCipheriv, randomBytes, sign } from 'node:crypto'
import type { Place } from '../faults.ts'
import { hex } from '../random.ts'
import type { World } from '../world.ts'

const SIGNATURE_TYPE = 'WECHATPAY2-SHA256-RSA2048'
const PROBE = 'WECHATPAY/SIGNTEST/'
const STALE_SECONDS = 3600

type Signer = { serial: string; privateKey: string }

/** The headers that prove a body, or fail to where a fault says so. */
export function signedHeaders(world: World, body: string, place: Place, wantedSerial?: string): Record<string, string> {
  const { faults, clock } = world
  if (faults.take('unsigned', place)) return {}
  const { serial, privateKey } = signerFor(world, place, wantedSerial)
  const stale = faults.take('staleTimestamp', place)
  const timestamp = String(clock.wireSeconds() - (stale ? Number(stale.value ?? STALE_SECONDS) : 0))
  const nonce = hex(32)
  const signed = faults.take('badSignature', place) ? `${body} ` : body
  const message = Buffer.from(`${timestamp}\n${nonce}\n${signed}\n`)
  const signature = faults.take('signTestProbe', place)
    ? PROBE + randomBytes(240).toString('base64')
    : sign('sha256', message, privateKey).toString('base64')
  return {
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-signature': signature,
    'wechatpay-signature-type': SIGNATURE_TYPE,
    'wechatpay-serial': serial,
    'request-id': hex(32).toUpperCase(),
  }
}

/** While a merchant changes over, an answer is signed as the request wishes, and notices come with either. */
function signerFor(world: World, { on }: Place, wantedSerial = ''): Signer {
  const { options, keys } = world
  const { platform, publicKey } = keys.wechat
  const byPublicKey = { serial: publicKey.id, privateKey: publicKey.privateKey }
  if (options.wechatMode === 'cert') return platform
  if (options.wechatMode === 'pubkey') return byPublicKey
  const turn = on === 'notice' ? ++world.noticesSigned % 2 === 0 : wantedSerial.startsWith('PUB_KEY_ID_')
  return turn ? byPublicKey : platform
}

export type Sealed = { algorithm: string; ciphertext: string; associated_data: string; nonce: string }

/** AEAD_AES_256_GCM under the merchant's APIv3 key; the tag is the ciphertext's end. */
export function seal(plain: string, apiV3Key: string, associatedData: string): Sealed {
  const nonce = hex(12)
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce)
  cipher.setAAD(Buffer.from(associatedData))
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: associatedData,
    nonce,
  }
}
