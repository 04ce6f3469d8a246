/** What was learnt last under each key, with its age; the oldest are forgotten where there are too many. */
export function createMemo<T>(most: number) {
  const entries = new Map<string, { value: T; at: number }>()
  return {
    get(key: string): { value: T; ageMs: number } | undefined {
      const entry = entries.get(key)
      return entry && { value: entry.value, ageMs: performance.now() - entry.at }
    },
    set(key: string, value: T): T {
      entries.delete(key)
      entries.set(key, { value, at: performance.now() })
      if (entries.size > most) entries.delete(entries.keys().next().value!)
      return value
    },
  }
}
