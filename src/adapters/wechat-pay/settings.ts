/** What a merchant gets from WeChat Pay. Keys are files, read at the start; they are never logged or stored. */
import type { Channel } from '../../payments/schema.ts'

export type WechatPaySettings = {
  url: string
  appId: string
  merchantId: string
  /** Left out: read from the certificate. */
  merchantSerial: string | undefined
  merchantCertificateFile: string
  merchantKeyFile: string
  /** 32 characters. */
  apiV3Key: string
  /** Files, or folders of them. */
  platformCertificateFiles: string[]
  publicKey: { id: string; file: string } | undefined
  channels: Channel[]
}
