/** The keys of both sides, made at the first start and kept: what two merchants hold, and what the two providers hold. */
import { generateKeyPair as generate, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { DAY_MS } from './beijing.ts'
import { digits, hex, letters } from './random.ts'

/** Both halves as PEM. */
export type KeyPair = { privateKey: string; publicKey: string }
export type Certified = { privateKey: string; certificate: string; serial: string }

export type WechatMerchant = Certified & { appid: string; mchid: string; apiV3Key: string }
export type AlipayMerchant = KeyPair & { appId: string; sellerId: string }
export type Merchant = { name: MerchantName; title: string; wechat: WechatMerchant; alipay: AlipayMerchant }

/** The second one exists so that a message can be genuine, and yet not for the first. */
export const merchantNames = ['main', 'foreign'] as const
export type MerchantName = (typeof merchantNames)[number]

export type Keys = {
  merchants: Record<MerchantName, Merchant>
  wechat: { platform: Certified; publicKey: KeyPair & { id: string } }
  alipay: KeyPair
}

const titles: Record<MerchantName, string> = { main: '讲堂', foreign: '别家课堂' }
const LIFETIME_DAYS = 5 * 365
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const generateKeyPair = promisify(generate)

/** Reads the keys of this file, or makes them. */
export async function openKeys(file: string): Promise<Keys> {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Keys
  const [main, foreign, platform, publicKey, alipay] = await Promise.all([
    makeMerchant('main'),
    makeMerchant('foreign'),
    makeCertified('Tenpay.com sign SANDBOX'),
    makeKeyPair(),
    makeKeyPair(),
  ])
  const id = `PUB_KEY_ID_01${digits(32)}`
  const keys: Keys = {
    merchants: { main, foreign },
    wechat: { platform, publicKey: { ...publicKey, id } },
    alipay,
  }
  writeFileSync(file, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}

async function makeMerchant(name: MerchantName): Promise<Merchant> {
  const mchid = `19${digits(8)}`
  const sellerId = `2088${digits(12)}`
  const [certified, pair] = await Promise.all([makeCertified(mchid), makeKeyPair()])
  return {
    name,
    title: titles[name],
    wechat: { ...certified, appid: `wx${hex(16)}`, mchid, apiV3Key: letters(32) },
    alipay: { ...pair, appId: `2021${digits(12)}`, sellerId },
  }
}

async function makeKeyPair(): Promise<KeyPair> {
  return generateKeyPair('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/** The library is loaded only here: at every later start the keys are there. */
async function makeCertified(commonName: string): Promise<Certified> {
  await import('reflect-metadata')
  const { X509CertificateGenerator } = await import('@peculiar/x509')
  const pair = await makeKeyPair()
  const load = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const { subtle } = globalThis.crypto
  const keys = {
    privateKey: await subtle.importKey('pkcs8', load(pair.privateKey), ALGORITHM, true, ['sign']),
    publicKey: await subtle.importKey('spki', load(pair.publicKey), ALGORITHM, true, ['verify']),
  }
  const serial = `5A${randomBytes(19).toString('hex').toUpperCase()}`
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial,
    name: `CN=${commonName}, O=Jiangtang payment sandbox, C=CN`,
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + LIFETIME_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
  })
  return { privateKey: pair.privateKey, certificate: `${certificate.toString('pem')}\n`, serial }
}
