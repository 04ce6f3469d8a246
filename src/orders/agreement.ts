/** The purchase agreement that is in force. Every version stays in its folder: orders name the one that was consented to. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Agreement } from './schema.ts'

const CURRENT = '2026-01'

export function readAgreement(version = CURRENT): Agreement {
  const read = (language: 'zh' | 'en') =>
    readFileSync(resolve(import.meta.dirname, 'agreement', `${version}.${language}.md`), 'utf8')
  return { version, zh: read('zh'), en: read('en') }
}
