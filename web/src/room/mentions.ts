/** Calling people by name while one writes: what is being typed after an @, and who that may be. */
import type { Person } from '../../../signaling/protocol/events.ts'

/** The @ before the caret, and what was typed after it; null where no name is being typed. */
export function mentionBefore(text: string, caret: number): { start: number; sought: string } | null {
  const found = /(?<![A-Za-z0-9._-])@([^\s@]{0,32})$/.exec(text.slice(0, caret))
  return found ? { start: found.index, sought: found[1] ?? '' } : null
}

/** Each person once, those whose names begin with what is sought before those that hold it, staff before students. */
export function matching(people: readonly Person[], sought: string, most: number): Person[] {
  const wanted = sought.toLowerCase()
  const rank = ({ displayName, role }: Person) =>
    (displayName.toLowerCase().startsWith(wanted) ? 0 : 2) + (role === 'student' ? 1 : 0)
  return [...new Map(people.map((person) => [person.peerId, person])).values()]
    .filter(({ displayName }) => displayName.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, most)
}

/** The text with this name in the place of what was typed, and where the caret stands then. */
export function withMention(text: string, start: number, caret: number, name: string) {
  const called = `${text.slice(0, start)}@${name} `
  return { text: called + text.slice(caret).replace(/^ /, ''), caret: called.length }
}

/** Of the people that were picked, those whose names still stand in the text. */
export const calledIn = (text: string, picked: readonly Person[]): string[] => [
  ...new Set(picked.filter(({ displayName }) => text.includes(`@${displayName}`)).map(({ peerId }) => peerId)),
]
