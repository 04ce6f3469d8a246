/** Finds banned words in what people write, however they spell them: in capitals, wide, accented, or spaced out. */
import AhoCorasick from 'modern-ahocorasick'

export type WordFinder = (text: string) => boolean

/** Words in Latin letters are found as whole words, so that none is found inside another; all others anywhere. */
export function findWords(words: readonly string[]): WordFinder {
  const spelt = words.map(inWords).filter((word) => word.trim() !== '')
  const latin = spelt.filter((word) => IS_LATIN.test(word))
  const others = spelt.filter((word) => !IS_LATIN.test(word)).map(inOne)
  const [inLatin, inOthers] = [finder(latin), finder(others)]
  return (text) => inLatin(inWords(text)) || inOthers(inOne(inWords(text)))
}

const finder = (patterns: string[]): WordFinder => {
  if (patterns.length === 0) return () => false
  const automaton = new AhoCorasick([...new Set(patterns)])
  return (text) => automaton.findFirst(text) !== undefined
}

const IS_LATIN = /^[a-z0-9 ]+$/

/** Letters and figures alone, one space around each word; letters that stand alone in a row are one word. */
const inWords = (text: string): string =>
  ` ${bare(text)
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `.replaceAll(/(?<= [\p{L}\p{N}]) (?=[\p{L}\p{N}] )/gu, '')

const inOne = (words: string): string => words.replaceAll(' ', '')

/** Without what makes the same letter look different. */
const bare = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .toLowerCase()
    .normalize('NFKC')

/** Two letters in front of the dot are enough, and take no longer to look for in a long word. */
const LINK =
  /https?:\/\/|www\.|[a-z0-9-]{2}\.(?:com|cn|net|org|io|me|top|xyz|cc|vip|shop|club|app|link|site|info|co|tv)(?![a-z0-9])/i
const PHONE = /(?<!\d)(?:\+\d{8,15}|(?:86)?1[3-9]\d{9})(?!\d)/

/** Whether somebody gives an address on the web, or a number to call. */
export function hasContact(text: string): boolean {
  const plain = text.normalize('NFKC').replaceAll(/\p{Cf}/gu, '')
  return LINK.test(plain) || PHONE.test(plain.replaceAll(/(?<=[\d+])[\s().·_-]+(?=\d)/g, ''))
}
