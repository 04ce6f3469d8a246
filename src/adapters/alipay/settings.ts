/** What a merchant gets from Alipay. Keys are files, read at the start; they are never logged or stored. */
import type { Channel } from '../../payments/schema.ts'

export type AlipaySettings = {
  gateway: string
  appId: string
  sellerId: string
  /** PKCS #8. */
  appKeyFile: string
  /** Alipay’s own public key, not the application’s. */
  publicKeyFile: string
  channels: Channel[]
}
