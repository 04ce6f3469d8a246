/** What Alipay signs, and how it checks what others signed: RSA2 over sorted parameters. */
import { sign, verify } from 'node:crypto'

/** Every parameter with a value except these, in the order of their names. */
export function signedText(params: Record<string, string>, without: string[]): string {
  return Object.keys(params)
    .filter((name) => params[name] !== '' && !without.includes(name))
    .sort()
    .map((name) => `${name}=${params[name]}`)
    .join('&')
}

export const signRsa2 = (text: string, privateKey: string): string =>
  sign('sha256', Buffer.from(text), privateKey).toString('base64')

export const verifyRsa2 = (text: string, publicKey: string, signature: string): boolean =>
  verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'))
