/** Numbers and nonces in the shapes that the providers give them. */
import { randomBytes, randomInt } from 'node:crypto'

export const hex = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length)

export const digits = (length: number): string => Array.from({ length }, () => randomInt(10)).join('')

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789'

export const letters = (length: number): string =>
  Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
