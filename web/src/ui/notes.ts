/** Short notes at the edge of the screen: the list of them, without React. */
import { Store } from '../store.ts'

export type Note = { id: number; text: string }

const SHOWN_MS = 4000
const MOST = 3

export const notes = new Store<readonly Note[]>([])

let lastId = 0

/** Shows a text for a few seconds; the same text twice only once. */
export function tell(text: string): void {
  lastId += 1
  const note = { id: lastId, text }
  notes.set([...notes.get().filter((other) => other.text !== text), note].slice(-MOST))
  setTimeout(() => notes.set(notes.get().filter(({ id }) => id !== note.id)), SHOWN_MS)
}
