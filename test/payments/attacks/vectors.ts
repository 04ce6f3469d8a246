/** Something sealed as WeChat Pay seals, made here. */
import { createCipheriv } from 'node:crypto'

export function sealed() {
  const key = 'a key for tests of 32 characters'
  const nonce = 'twelve bytes'
  const associated_data = 'transaction'
  const plain = JSON.stringify({ out_trade_no: 'P000000000000000000000000', amount: { total: 1 } })
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(associated_data))
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
  return { key, plain, resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data } }
}
