/** The keys that WeChat Pay signs with: platform certificates by serial number, and its public key by its id. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { KeyFinder } from './verify.ts'

/** While a merchant changes from certificates to the public key, both are in use. */
export type KeyFiles = {
  /** Files, or folders in which every `.pem` counts: one can be added while the server runs. */
  platformCertificates: string[]
  publicKey: { id: string; file: string } | undefined
}

/** An unknown serial number makes the files be read again, this often at the most: nothing is ever asked for elsewhere. */
const PAUSE_MS = 30_000

export function createKeys(files: KeyFiles, now: () => number) {
  let keys = readKeys(files)
  let readAt = now()

  const find: KeyFinder = (id) => {
    const known = keys.get(id)
    if (known || now() - readAt < PAUSE_MS) return usable(known, now())
    reload()
    return usable(keys.get(id), now())
  }
  /** Keeps the old keys where the files cannot be read. */
  const reload = () => {
    readAt = now()
    try {
      keys = readKeys(files)
    } catch {
      // A file that is half written is read again with the next unknown serial number.
    }
  }
  return {
    find,
    reload,
    /** How many could verify something now. */
    count: () => [...keys.values()].filter((key) => usable(key, now())).length,
  }
}

type Key = { key: KeyObject; validFrom: number; validTo: number }

const usable = (found: Key | undefined, at: number): KeyObject | undefined =>
  found && found.validFrom <= at && at <= found.validTo ? found.key : undefined

function readKeys({ platformCertificates, publicKey }: KeyFiles): Map<string, Key> {
  const keys = new Map<string, Key>()
  for (const file of platformCertificates.flatMap(pemFiles)) {
    const certificate = new X509Certificate(readFileSync(file))
    const { serialNumber, publicKey: key, validFrom, validTo } = certificate
    keys.set(serialNumber, { key, validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) })
  }
  if (publicKey) {
    const key = createPublicKey(readFileSync(publicKey.file))
    keys.set(publicKey.id, { key, validFrom: 0, validTo: Number.POSITIVE_INFINITY })
  }
  return keys
}

const pemFiles = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.pem'))
        .map((name) => join(path, name))
    : [path]
