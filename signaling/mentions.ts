/** Finds in what was written the names of those who are called. */
import type { Person } from './protocol/events.ts'
import type { Mention } from './protocol/message.ts'

/** Where these people are named; whoever is not is left out. Two of one name are taken in their order. */
export function mentionsIn(text: string, peerIds: readonly string[], people: ReadonlyMap<string, Person>): Mention[] {
  const found: Mention[] = []
  const isFree = (start: number, length: number) =>
    found.every((other) => start + length <= other.start || start >= other.start + other.length)
  const called = [...new Set(peerIds)].flatMap((peerId) => {
    const name = people.get(peerId)?.displayName
    return name ? [{ peerId, word: `@${name}` }] : []
  })
  // A long name first: a short one may be its beginning.
  for (const { peerId, word } of called.sort((a, b) => b.word.length - a.word.length)) {
    const { length } = word
    let start = text.indexOf(word)
    while (start >= 0 && !isFree(start, length)) start = text.indexOf(word, start + length)
    if (start >= 0) found.push({ peerId, start, length })
  }
  return found.sort((a, b) => a.start - b.start)
}
