/** The forms whose contents are not on the server yet: they outlive their pages, and hold back who would close the tab. */
import type { Autosave } from './autosave.ts'

type Save = Pick<Autosave<object>, 'isSaved' | 'flush'>

const saves = new Map<string, Save>()

/** The one of this key that still has something to save, or a new one. */
export function autosaveFor<T extends object>(key: string, make: () => Autosave<T>): Autosave<T> {
  const known = saves.get(key)
  if (known && !known.isSaved) return known as Autosave<T>
  const made = make()
  saves.set(key, made)
  return made
}

export const forget = (key: string) => saves.delete(key)

addEventListener('beforeunload', (event) => {
  const unsaved = [...saves.values()].filter((save) => !save.isSaved)
  for (const save of unsaved) void save.flush()
  if (unsaved.length > 0) event.preventDefault()
})

addEventListener('online', () => {
  for (const save of saves.values()) void save.flush()
})
