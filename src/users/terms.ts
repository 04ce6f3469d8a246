/** The terms of use and the privacy policy. Every version stays in its folder: accounts name the one that was accepted. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Terms } from './schema.ts'

/** In force, of both texts. */
export const TERMS_VERSION = '2026-11'

export function readTerms(version = TERMS_VERSION): Terms {
  const read = (text: string, language: string) =>
    readFileSync(resolve(import.meta.dirname, 'terms', `${version}.${text}.${language}.md`), 'utf8')
  const both = (text: string) => ({ zh: read(text, 'zh'), en: read(text, 'en') })
  return { version, terms: both('terms'), privacy: both('privacy') }
}

/** What a new account has of its owner's consent; without that there is no new account. */
export function acceptance(version: string | undefined, now: number) {
  if (version !== TERMS_VERSION)
    throw new AppError('terms_not_accepted', `a new account takes consent to the terms in force, ${TERMS_VERSION}`)
  return { termsVersion: version, termsAcceptedAt: now }
}
